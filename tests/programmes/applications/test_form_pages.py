"""The form's pages: filled in by plain posts, and by the page's script; what is refused and how."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from incubator.outbox.models import Event
from programmes.applications.models import Application
from programmes.applications.states import Status
from programmes.forms import operations as forms
from tests import corpus
from tests.factories.applications import ApplicationFactory


def at(name: str, application: Application, *args) -> str:
    return reverse(f"my:applications:{name}", args=[application.pk, *args])


def value(application: Application, key: str):
    found = application.answer_set.answers.filter(question__key=key).first()
    return found.value if found else None


def state(application: Application, key: str) -> str:
    line = forms.sheet(application.answer_set).lines[key]
    return forms.Field(line).state


def posted(application: Application, **answers) -> dict:
    """What a page posts: each field with the state it was shown in."""
    data = {}
    for key, given in answers.items():
        data[f"q-{key}.state"] = state(application, key)
        if given is not None:
            data[f"q-{key}"] = given
    return data


# ── Plain posts ──
def test_form_leads_to_the_first_section_with_gaps(draft, founder):
    assert founder.client.get(at("form", draft)).url == at("section", draft, "company")


def test_section_shows_questions_with_limits_and_help(draft, founder):
    page = founder.client.get(at("section", draft, "company")).content.decode()
    assert 'value="Lumen Pay"' in page
    assert 'data-limit="60"' in page
    assert "At most 200 characters" in page
    assert page.count("data-question=") == 7


def test_section_post_saves_and_leads_on(draft, founder):
    answers = posted(draft, problem="Shops wait.", regulated="no", name="Lumen Pay Ltd")
    response = founder.client.post(at("section", draft, "company"), {**answers, "then": "next"})
    assert response.url == at("section", draft, "team")
    assert value(draft, "problem") == "Shops wait."
    assert value(draft, "regulated") is False
    assert value(draft, "name") == "Lumen Pay Ltd"
    assert value(draft, "country") == "HK", "what was not on the page stays"


def test_section_post_with_errors_shows_what_was_typed_and_saves_the_rest(draft, founder):
    answers = {**posted(draft, problem="Shops wait.", budget="a lot", founded="soon"), "q-budget-currency": "USD"}
    response = founder.client.post(at("section", draft, "company"), answers)
    page = response.content.decode()
    assert response.status_code == 422
    assert "The budget: write a number in figures" in page
    assert 'value="a lot"' in page
    assert 'href="#q-founded"' in page
    assert value(draft, "problem") == "Shops wait."
    assert value(draft, "budget") is None


def test_section_post_nul_is_refused_naming_the_field(draft, founder):
    response = founder.client.post(at("section", draft, "company"), posted(draft, problem="a\0b"))
    assert response.status_code == 422
    assert "The problem: the text holds a character that cannot be stored" in response.content.decode()
    assert value(draft, "problem") is None


def test_section_post_stale_shows_both_texts_and_keeps_the_untouched(draft, founder, write):
    answers = posted(draft, name="Mine", country="HK")
    write(draft, name="Theirs", country="SG")
    response = founder.client.post(at("section", draft, "company"), answers)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Theirs" in page
    assert 'value="Mine"' in page
    assert (value(draft, "name"), value(draft, "country")) == ("Theirs", "SG"), "an untouched field takes nobody's text away"
    again = founder.client.post(at("section", draft, "company"), posted(draft, name="Mine"))
    assert again.status_code == 302
    assert value(draft, "name") == "Mine"


def test_section_post_take_theirs_keeps_theirs(draft, founder, write):
    answers = posted(draft, name="Mine")
    write(draft, name="Theirs")
    response = founder.client.post(at("section", draft, "company"), {**answers, "take": "name"})
    assert response.status_code == 302
    assert value(draft, "name") == "Theirs"


def test_section_post_table_adds_and_leaves_out_rows(draft, founder):
    data = {**posted(draft, people=None)}
    data |= {"q-people-0-name": "Lam Ka Yan", "q-people-0-remove": "yes", "q-people-4-name": "Wong Tsz", "q-people-4-full-time": "yes", "q-people-9-name": ""}
    response = founder.client.post(at("section", draft, "team"), {**data, "add": "people"})
    assert response.url.endswith("?rows=people#q-people")
    assert value(draft, "people") == [{"name": "Wong Tsz", "full-time": True}]
    assert founder.client.get(response.url).content.decode().count("data-row-number") == 4, "one row, two blank ones, and the script's"


def test_section_unknown_is_404(draft, founder):
    assert founder.client.get(at("section", draft, "nowhere")).status_code == 404


def test_section_after_sending_leads_to_the_application(sent, founder):
    assert founder.client.get(at("section", sent, "company")).url == at("detail", sent)
    founder.client.post(at("section", sent, "company"), posted(sent, problem="Changed"))
    assert value(sent, "problem") == "Shops wait for their money."


@pytest.mark.parametrize("name", ["detail", "form", "review", "sent", "receipt", "withdraw"])
def test_pages_of_a_foreign_application_are_404(sent, stranger, name):
    assert stranger.client.get(at(name, sent)).status_code == 404


@pytest.mark.parametrize("name", ["send", "withdraw"])
def test_posts_to_a_foreign_application_are_404_and_change_nothing(ready, stranger, name):
    events = Event.objects.count()
    assert stranger.client.post(at(name, ready)).status_code == 404
    assert stranger.client.post(at("answer", ready, "problem"), posted(ready, problem="x")).status_code == 404
    ready.refresh_from_db()
    assert (ready.status, Event.objects.count()) == (Status.DRAFT, events)


# ── The script's saves ──
def test_answer_saved_says_state_and_time(draft, founder):
    response = founder.client.post(at("answer", draft, "problem"), posted(draft, problem="Shops wait."))
    assert response.status_code == 200
    assert response["X-Answer-State"] == state(draft, "problem")
    assert len(response["X-Answer-Saved"]) == 5
    assert 'data-for="sections"' in response.content.decode()
    assert value(draft, "problem") == "Shops wait."


def test_answer_tells_which_questions_are_asked_now(draft, founder):
    response = founder.client.post(at("answer", draft, "regulated"), posted(draft, regulated="yes"))
    assert "licence" in response["X-Asked"].split(",")
    response = founder.client.post(at("answer", draft, "regulated"), posted(draft, regulated="no"))
    assert "licence" not in response["X-Asked"].split(",")


def test_answer_stale_is_409_with_both_texts(draft, founder, write):
    mine = posted(draft, name="Mine")
    write(draft, name="Theirs")
    response = founder.client.post(at("answer", draft, "name"), mine)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Mine" in page
    assert "Theirs" in page
    assert response["X-Answer-State"] == state(draft, "name")
    assert value(draft, "name") == "Theirs"


def test_answer_unreadable_is_422_with_the_remedy(draft, founder):
    response = founder.client.post(at("answer", draft, "founded"), posted(draft, founded="soon"))
    assert response.status_code == 422
    assert "year-month-day" in response.content.decode()


def test_answer_too_long_for_sending_is_kept_and_counted(draft, founder):
    assert founder.client.post(at("answer", draft, "problem"), posted(draft, problem="x" * 250)).status_code == 200
    assert "Shorten the text by 50 characters." in founder.client.get(at("review", draft)).content.decode()


def test_answer_after_the_deadline_is_409_and_says_so(draft, founder):
    type(draft.intake).objects.filter(pk=draft.intake_id).update(
        closes_at=draft.intake.opens_at.replace(year=2000), opens_at=draft.intake.opens_at.replace(year=1999)
    )
    response = founder.client.post(at("answer", draft, "problem"), posted(draft, problem="late"))
    assert response.status_code == 409
    assert "Nothing was saved" in response.content.decode()


def test_answer_with_a_broken_state_counts_as_not_seen(draft, founder):
    response = founder.client.post(at("answer", draft, "name"), {"q-name.state": "²:x", "q-name": "Mine"})
    assert response.status_code == 409
    assert value(draft, "name") == "Lumen Pay"


def test_answer_to_an_unknown_question_is_404(draft, founder):
    assert founder.client.post(at("answer", draft, "nothing"), {}).status_code == 404


# ── Files ──
def upload(application: Application, content: bytes, name: str = "deck.pdf", content_type: str = "application/pdf") -> dict:
    return {**posted(application, deck=None), "q-deck": SimpleUploadedFile(name, content, content_type=content_type)}


def test_file_is_kept_and_comes_back_as_a_download(draft, founder, stranger, files_root):
    response = founder.client.post(at("answer", draft, "deck"), upload(draft, corpus.pdf()))
    assert response.status_code == 200
    assert "deck.pdf" in response.content.decode()
    address = at("file", draft, value(draft, "deck")["file"])
    download = founder.client.get(address)
    assert download["Content-Disposition"] == 'attachment; filename="deck.pdf"'
    assert b"".join(download.streaming_content).startswith(b"%PDF-")
    assert stranger.client.get(address).status_code == 404
    assert founder.client.get(at("file", ApplicationFactory(startup=draft.startup), value(draft, "deck")["file"])).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("deck.pdf", b"<html>", "not a PDF"),
        ("deck.pdf", b"", "empty"),
        ("deck.exe", corpus.pdf(), "name of the file"),
        ("deck.docx", corpus.office(parts={"word/vbaProject.bin": b"x"}), "macros"),
    ],
)
def test_file_not_acceptable_is_refused_with_the_remedy(draft, founder, files_root, name, content, words):
    response = founder.client.post(at("answer", draft, "deck"), upload(draft, content, name, "application/octet-stream"))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert value(draft, "deck") is None


def test_file_too_large_is_dropped_on_the_way_in(draft, founder, files_root, settings):
    settings.FILE_MAX_BYTES = 100_000
    response = founder.client.post(at("answer", draft, "deck"), upload(draft, b"%PDF-" + b"0" * 400_000))
    assert response.status_code == 413
    assert "larger than" in response.content.decode()
    assert not files_root.exists()


def test_file_is_removed_by_its_button(draft, founder, files_root):
    founder.client.post(at("answer", draft, "deck"), upload(draft, corpus.pdf()))
    response = founder.client.post(at("section", draft, "team"), {**posted(draft, deck=None), "remove-file": "deck"})
    assert response.status_code == 302
    assert value(draft, "deck") is None


# ── Review and sending ──
def test_review_lists_what_is_missing_with_links(draft, founder):
    page = founder.client.get(at("review", draft)).content.decode()
    assert "3 answers need your attention" in page
    assert f"{at('section', draft, 'company')}#q-problem" in page
    assert "Incorporated in Hong Kong" in page
    assert "disabled" in page


def test_send_gives_the_receipt(ready, founder):
    response = founder.client.post(at("send", ready))
    assert response.url == at("receipt", ready)
    page = founder.client.get(response.url).content.decode()
    assert "FIN26A-0001" in page
    assert "Fay Founder" in page
    assert "Shops wait for their money." in founder.client.get(at("sent", ready)).content.decode()


def test_send_twice_sends_once_and_says_so(ready, founder):
    founder.client.post(at("send", ready))
    again = founder.client.post(at("send", ready))
    assert again.status_code == 409
    assert "sent in already" in again.content.decode()
    assert Event.objects.filter(kind="applications.submitted").count() == 1


def test_send_with_gaps_changes_nothing(draft, founder):
    response = founder.client.post(at("send", draft))
    assert response.status_code == 409
    assert "3 answers are still missing" in response.content.decode()
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_section_page_asks_a_constant_number_of_queries(draft, founder, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        founder.client.get(at("section", draft, "company"))
