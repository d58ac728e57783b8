"""The reader's choice of theme, and the frame around every page."""

import pytest
from django.test import Client


def test_theme_chosen_is_remembered_and_drawn_by_the_server(client: Client):
    response = client.post("/theme/", {"theme": "dark"}, HTTP_REFERER="http://testserver/nowhere/")
    assert response.status_code == 302
    assert response["Location"] == "http://testserver/nowhere/"
    assert client.cookies["theme"].value == "dark"
    assert 'data-bs-theme="dark"' in client.get("/nowhere/").content.decode()


def test_theme_unknown_or_page_foreign_is_ignored(client: Client):
    response = client.post("/theme/", {"theme": "<script>"}, HTTP_REFERER="https://elsewhere.example/")
    assert response["Location"] == "/"
    assert "theme" not in client.cookies
    client.cookies["theme"] = '"><script>'
    assert 'data-theme="auto"' in client.get("/nowhere/").content.decode()


def test_theme_is_never_changed_by_a_link(client: Client):
    assert client.get("/theme/").status_code == 405


def test_missing_page_is_ours_and_names_the_request(client: Client):
    response = client.get("/nowhere/")
    assert response.status_code == 404
    page = response.content.decode()
    assert "There is no page here" in page
    assert "<code>" in page


def test_form_with_a_wrong_token_gets_our_page():
    client = Client(enforce_csrf_checks=True)
    response = client.post("/accounts/login/", {"login": "a@example.org"})
    assert response.status_code == 403
    assert "This form has expired" in response.content.decode()


def test_failure_draws_without_database(rf):
    from incubator.web.views_errors import broken

    response = broken(rf.get("/"))  # no database access is allowed in this test
    assert response.status_code == 500
    assert "Nothing that had been saved" in response.content.decode()


@pytest.mark.parametrize("path", ["/nowhere/"])
def test_pages_carry_the_strict_policy_and_no_inline_script_or_style(client: Client, path: str):
    response = client.get(path)
    policy = response["Content-Security-Policy"]
    assert "script-src 'self';" in policy + ";"
    assert "unsafe" not in policy
    page = response.content.decode()
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick" not in page
