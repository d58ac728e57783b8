"""A refusal becomes a message on the page one came from."""

from django.contrib.messages import get_messages
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse

from incubator.lib.refusals import IllegalTransition
from incubator.web.refusals import refusals_shown


@refusals_shown
def refuse(request: HttpRequest) -> HttpResponse:
    raise IllegalTransition


def send(rf, **headers: str) -> tuple[HttpRequest, HttpResponse]:
    request = rf.post("/do/", **headers)
    SessionMiddleware(lambda _: HttpResponse())(request)
    MessageMiddleware(lambda _: HttpResponse())(request)
    return request, refuse(request)


def test_refusal_goes_back_with_a_message(rf):
    request, response = send(rf, HTTP_REFERER="http://testserver/row/")
    assert (response.status_code, response["Location"]) == (302, "http://testserver/row/")
    assert [str(one) for one in get_messages(request)] == [str(IllegalTransition.message)]


def test_refusal_never_leads_to_a_foreign_page(rf):
    _, response = send(rf, HTTP_REFERER="https://elsewhere.example/")
    assert response.status_code == 409
    assert "Nothing was changed" in response.content.decode()


def test_refusal_for_htmx_replaces_only_the_messages(rf):
    _, response = send(rf, HTTP_HX_REQUEST="true")
    assert response.status_code == 409
    assert response["HX-Reswap"] == "none"
    assert 'hx-swap-oob="true"' in response.content.decode()
    assert str(IllegalTransition.message) in response.content.decode()
