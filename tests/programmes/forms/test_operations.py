"""Saving answers one by one, and freezing them."""

import pytest

from incubator.lib.clock import now
from programmes.forms import operations as forms
from programmes.forms import sheets
from programmes.forms.models import Answer
from programmes.forms.sheets import SectionState
from tests.factories.forms import AnswerSetFactory, FormVersionFactory, QuestionFactory


@pytest.fixture
def form(db):
    version = FormVersionFactory(sections=[{"key": "company", "title": "Company"}, {"key": "money", "title": "Money"}])
    QuestionFactory(form_version=version, section="company", key="name", position=1)
    QuestionFactory(form_version=version, section="company", key="regulated", kind="yes_no", position=2)
    QuestionFactory(form_version=version, section="company", key="licence", position=3, condition={"question": "regulated", "is": True})
    QuestionFactory(form_version=version, section="money", key="budget", kind="money", position=4, maximum=1000)
    return version


@pytest.fixture
def answers(form):
    return AnswerSetFactory(form_version=form)


@pytest.fixture
def save(answers, founder):
    def save(key, value, version=0):
        return forms.save_answer(answers, answers.form_version.questions.get(key=key), value, version=version, by=founder.actor, at=now())

    return save


def test_save_answer_counts_versions(save):
    assert save("name", "Lumen").version == 1
    assert save("name", "Lumen Pay", 1).version == 2


def test_save_answer_stale_is_refused_with_both_texts(save):
    save("name", "Lumen")
    save("name", "Theirs", 1)
    with pytest.raises(forms.StaleAnswer) as refused:
        save("name", "Mine", 1)
    assert refused.value.mine == "Mine"
    assert refused.value.theirs.value == "Theirs"
    assert refused.value.theirs.version == 2
    assert Answer.objects.get().value == "Theirs"


def test_save_answer_first_answers_of_two_tabs_second_is_refused(save):
    save("name", "Theirs")
    with pytest.raises(forms.StaleAnswer):
        save("name", "Mine")


def test_save_answer_repeated_after_a_lost_reply_changes_nothing(save):
    save("name", "Lumen")
    assert save("name", "Lumen", 0).version == 1


def test_sheet_sections_say_where_they_stand(answers, save, django_assert_num_queries):
    def states():
        return [section.state for section in sheets.of(answers).sections]

    assert states() == [SectionState.NOT_STARTED, SectionState.NOT_STARTED]
    save("name", "Lumen")
    save("budget", {"amount": "2000", "currency": "HKD"})
    assert states() == [SectionState.IN_PROGRESS, SectionState.PROBLEMS]
    save("regulated", False)
    save("budget", {"amount": "900", "currency": "HKD"}, 1)
    assert states() == [SectionState.COMPLETE, SectionState.COMPLETE]
    with django_assert_num_queries(2):
        assert sheets.of(answers).gaps == ()


def test_sheet_conditional_question_is_missing_only_when_asked(answers, save):
    save("regulated", True)
    assert [line.question.key for line in sheets.of(answers).gaps] == ["name", "licence", "budget"]
    save("regulated", False, 1)
    assert [line.question.key for line in sheets.of(answers).gaps] == ["name", "budget"]


def test_freeze_keeps_only_what_was_asked_under_its_hash(answers, save, founder):
    save("name", "Lumen")
    save("licence", "left over")
    first = forms.freeze(answers, by=founder.actor, at=now())
    assert first.answers == {"name": "Lumen"}
    assert first.sha256 == forms.fingerprint({"name": "Lumen"})
    save("name", "Lumen Pay", 1)
    second = forms.freeze(answers, by=founder.actor, at=now())
    assert (first.number, second.number) == (1, 2)
    first.refresh_from_db()
    assert first.answers == {"name": "Lumen"}
    assert sheets.of_revision(first).lines["name"].shown == "Lumen"
