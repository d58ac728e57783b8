"""Configuration in the staff site: who may edit what, what is frozen, and the steps with their confirm pages."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from incubator.lib.clock import now
from incubator.outbox.models import Event
from incubator.startups.models import Area
from programmes.catalogue.models import Criterion, Intake, Programme, Rubric
from programmes.catalogue.states import IntakeState
from programmes.forms.models import FormVersion
from tests.factories.applications import ApplicationFactory
from tests.factories.catalogue import IntakeFactory, ProgrammeFactory, RubricFactory
from tests.factories.forms import FormVersionFactory, QuestionFactory
from tests.factories.reviews import AssignmentFactory
from tests.factories.startups import AreaFactory

pytestmark = pytest.mark.django_db


def filled(form) -> dict[str, object]:
    """What a browser would post for a form as it is drawn."""
    values = {}
    for field in form:
        value = field.value()
        if hasattr(value, "strftime"):
            value = timezone.localtime(value) if hasattr(value, "hour") else value
            if hasattr(value, "hour"):
                values[f"{field.html_name}_0"], values[f"{field.html_name}_1"] = value.strftime("%Y-%m-%d"), value.strftime("%H:%M:%S")
                continue
        if value is not None and value is not False:
            values[field.html_name] = value
    return values


def posted(response, **changes) -> dict[str, object]:
    """The change form of the page with all its inlines, and some values changed."""
    values = filled(response.context["adminform"].form)
    for inline in response.context["inline_admin_formsets"]:
        values |= filled(inline.formset.management_form)
        for form in inline.formset.initial_forms:
            values |= filled(form)
    return {**values, **changes}


def change(row) -> str:
    return reverse(f"staff:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def listing(model) -> str:
    return reverse(f"staff:{model._meta.app_label}_{model._meta.model_name}_changelist")


@pytest.mark.parametrize("model", [Programme, Intake, Rubric, FormVersion, Area])
def test_lists_are_for_staff_and_cost_the_same_at_any_length(officer, readonly_officer, founder, reviewer, partner_person, model):
    def make() -> None:
        AreaFactory(slug=f"area-{Area.objects.count()}")
        IntakeFactory()

    make()
    for member in (founder, reviewer, partner_person):
        assert member.client.get(listing(model)).status_code == 404
    assert readonly_officer.client.get(listing(model)).status_code == 200
    officer.client.get(listing(model))
    with CaptureQueriesContext(connection) as one:
        assert officer.client.get(listing(model)).status_code == 200
    for _number in range(19):
        make()
    with CaptureQueriesContext(connection) as many:
        assert officer.client.get(listing(model)).status_code == 200
    assert len(many) == len(one)


@pytest.mark.parametrize("status", IntakeState.values)
def test_list_names_every_state_in_words(officer, status):
    IntakeFactory(status=status)
    cells = re.sub(r"<[^>]+>|\s+", " ", officer.client.get(listing(Intake)).content.decode())
    assert f" {IntakeState(status).label} " in cells
    assert " rest " not in cells


def test_officer_edits_a_programme_and_the_event_names_the_fields(officer):
    programme = ProgrammeFactory(focus_areas=[])
    page = officer.client.get(change(programme))
    response = officer.client.post(change(programme), posted(page, tagline="A better line."))
    assert response.status_code == 302, response.context["errors"]
    programme.refresh_from_db()
    assert programme.tagline == "A better line."
    event = Event.objects.get(kind="catalogue.edited")
    assert event.facts == {"fields": ["tagline"], "added": False}
    assert "edited the configuration" in officer.client.get(change(programme)).content.decode(), "the history is on the page"


def test_state_is_not_among_the_fields_to_edit(manager):
    programme = ProgrammeFactory(status="draft", focus_areas=[])
    page = manager.client.get(change(programme))
    manager.client.post(change(programme), posted(page, status="published"))
    programme.refresh_from_db()
    assert programme.status == "draft"


def test_officer_adds_a_draft(officer):
    values = model_to_dict(ProgrammeFactory.build(slug="new-one", title="New one"), exclude=["partner", "focus_areas", "status"])
    response = officer.client.post(reverse("staff:catalogue_programme_add"), values)
    assert response.status_code == 302, response.context["errors"]
    programme = Programme.objects.get(slug="new-one")
    assert programme.status == "draft"
    assert Event.objects.get(subject_id=programme.pk).facts["added"] is True


@pytest.mark.parametrize("who", ["readonly_officer", "finance", "chair"])
def test_others_of_the_staff_read_only(request, who):
    member, programme = request.getfixturevalue(who), ProgrammeFactory()
    page = member.client.get(change(programme))
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    assert member.client.post(change(programme), {"tagline": "Hacked"}).status_code == 403
    assert member.client.get(reverse("staff:catalogue_programme_add")).status_code == 403
    programme.refresh_from_db()
    assert programme.tagline != "Hacked"
    assert not Event.objects.exists()


def test_records_with_a_state_cannot_be_deleted(manager):
    programme = ProgrammeFactory()
    assert manager.client.post(reverse("staff:catalogue_programme_delete", args=[programme.pk]), {"post": "yes"}).status_code == 403
    assert Programme.objects.filter(pk=programme.pk).exists()


# ── What is frozen ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_scheduled_call_keeps_what_applicants_rely_on(officer):
    intake = IntakeFactory(rules=1)
    before = model_to_dict(intake)
    page = officer.client.get(change(intake))
    assert "Parts of this call are frozen" in page.content.decode()
    values = posted(page, title="New title", rubric=str(RubricFactory().pk), reference_prefix="HACK", opens_at_0="2020-01-01", opens_at_1="00:00")
    response = officer.client.post(change(intake), values)
    assert response.status_code == 302, response.context["errors"]
    intake.refresh_from_db()
    assert intake.title == "New title"
    after = model_to_dict(intake)
    assert {name for name in before if before[name] != after[name]} == {"title"}
    assert intake.rules.count() == 1


def test_deadline_moves_back_but_not_forward(officer):
    intake = IntakeFactory()
    old = intake.closes_at
    page = officer.client.get(change(intake))
    earlier, later = timezone.localtime(old - timedelta(days=1)), timezone.localtime(old + timedelta(days=5))
    response = officer.client.post(change(intake), posted(page, closes_at_0=earlier.strftime("%Y-%m-%d")))
    assert "can only be moved to a later time" in response.content.decode()
    intake.refresh_from_db()
    assert intake.closes_at == old
    assert officer.client.post(change(intake), posted(page, closes_at_0=later.strftime("%Y-%m-%d"))).status_code == 302
    intake.refresh_from_db()
    assert timezone.localdate(intake.closes_at) == later.date()


def test_released_call_is_read_only(manager):
    intake = IntakeFactory(released=True)
    assert 'name="_save"' not in manager.client.get(change(intake)).content.decode()
    assert manager.client.post(change(intake), {"title": "Hacked"}).status_code == 403


def test_frozen_rubric_says_why_and_can_be_copied(officer, readonly_officer):
    rubric = RubricFactory(weights=(60, 40), frozen_at=now())
    page = officer.client.get(change(rubric)).content.decode()
    assert "This rubric is frozen" in page
    assert officer.client.post(change(rubric), {"name": "Hacked"}).status_code == 403
    address = reverse("staff:catalogue:copy_rubric", args=[rubric.pk])
    assert readonly_officer.client.post(address).status_code == 404
    assert officer.client.get(address).status_code == 405
    response = officer.client.post(address, follow=True)
    assert "This is the new version" in response.content.decode()
    copy = Rubric.objects.get(number=2)
    assert officer.client.post(change(copy), posted(response, name="Rubric renamed")).status_code == 302


def test_weights_must_add_up_to_100(officer):
    rubric = RubricFactory(weights=(60, 40))
    page = officer.client.get(change(rubric))
    assert "Weights add up to 100" in page.content.decode()
    response = officer.client.post(change(rubric), posted(page, **{"criteria-0-weight": 50}))
    assert "The weights add up to 90, not to 100" in response.content.decode()
    assert sorted(Criterion.objects.values_list("weight", flat=True)) == [40, 60]
    assert not Event.objects.exists()


def test_anchors_are_written_one_by_one(officer):
    rubric = RubricFactory(weights=(100,))
    page = officer.client.get(change(rubric))
    assert (
        officer.client.post(change(rubric), posted(page, **{"criteria-0-anchor_5": "Paying customers.", "criteria-0-anchor_2": "A sketch."})).status_code == 302
    )
    assert Criterion.objects.get().anchors == {"1": "Nothing is shown.", "2": "A sketch.", "3": "Plausible, with gaps.", "5": "Paying customers."}


def test_frozen_form_says_why_and_can_be_copied(officer):
    form = FormVersionFactory(frozen_at=now())
    question = QuestionFactory(form_version=form, condition={"question": "other", "is": True})
    assert "This form is frozen" in officer.client.get(change(form)).content.decode()
    assert officer.client.post(change(form), {"name": "Hacked"}).status_code == 403
    officer.client.post(reverse("staff:forms:copy", args=[form.pk]))
    copy = FormVersion.objects.get(number=2)
    assert copy.frozen_at is None
    assert copy.questions.get().label == question.label
    assert form.questions.count() == 1
    assert Event.objects.get(kind="forms.copied").subject_id == copy.pk


def test_preview_shows_sections_and_questions(officer, founder):
    form = FormVersionFactory()
    QuestionFactory(form_version=form, label="Who pays?", kind="single_choice", choices=[{"value": "b", "label": "Banks"}])
    address = reverse("staff:forms:preview", args=[form.pk])
    page = officer.client.get(address).content.decode()
    assert "Who pays?" in page
    assert "Banks" in page
    assert founder.client.get(address).status_code == 404


def test_question_lists_are_written_as_lines(officer):
    form = FormVersionFactory()
    QuestionFactory(form_version=form, key="regulated", kind="yes_no")
    QuestionFactory(form_version=form, key="licence", kind="single_choice", choices=[{"value": "a", "label": "A"}])
    page = officer.client.get(change(form))
    values = posted(page, **{"questions-1-choices": "svf | Stored value\nmso | Money service", "questions-1-condition": "regulated = yes"})
    response = officer.client.post(change(form), values)
    assert response.status_code == 302, response.context["errors"]
    question = form.questions.get(key="licence")
    assert question.choices == [{"value": "svf", "label": "Stored value"}, {"value": "mso", "label": "Money service"}]
    assert question.condition == {"question": "regulated", "is": True}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"sections": "only-a-key"}, "Line 1 is too short"),
        ({"sections": "company | One\ncompany | Two"}, "Two lines begin with the same word"),
        ({"questions-0-section": "nowhere"}, "no section with this key"),
        ({"questions-0-condition": "nothing = yes"}, "no other question"),
        ({"questions-0-condition": "nonsense"}, "Write the key of another question"),
        ({"questions-0-kind": "single_choice"}, "between what applicants choose"),
        ({"questions-0-kind": "table"}, "which columns the table has"),
        ({"questions-0-kind": "table", "questions-0-columns": "a | A | colour"}, "is no kind of column"),
    ],
)
def test_wrong_form_is_refused_with_the_remedy(officer, changed, words):
    form = FormVersionFactory()
    QuestionFactory(form_version=form)
    response = officer.client.post(change(form), posted(officer.client.get(change(form)), **changed))
    assert response.status_code == 200
    assert words in response.content.decode()
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("operator", "text", "value"),
    [("eq", "HK", "HK"), ("eq", "no", False), ("in", "HK, CN", ["HK", "CN"]), ("months_lte", "24", 24), ("is_true", "", None), ("gte", "0.5", 0.5)],
)
def test_rule_values_are_read_by_operator(officer, operator, text, value):
    intake = IntakeFactory(draft=True, rules=1)
    page = officer.client.get(change(intake))
    response = officer.client.post(change(intake), posted(page, **{"rules-0-operator": operator, "rules-0-value": text}))
    assert response.status_code == 302, response.context["errors"]
    assert intake.rules.get().value == value


def test_rule_about_a_yes_or_no_survives_another_edit(officer):
    intake = IntakeFactory(draft=True, rules=1)
    intake.rules.update(value=False)
    values = posted(officer.client.get(change(intake)), title="Another title")
    assert values["rules-0-value"] == "no"
    assert officer.client.post(change(intake), values).status_code == 302
    assert intake.rules.get().value is False


@pytest.mark.parametrize(("operator", "text", "words"), [("gte", "many", "compares numbers"), ("eq", "", "which value"), ("count_gte", "2", "Name the column")])
def test_wrong_rule_is_refused_with_the_remedy(officer, operator, text, words):
    intake = IntakeFactory(draft=True, rules=1)
    response = officer.client.post(change(intake), posted(officer.client.get(change(intake)), **{"rules-0-operator": operator, "rules-0-value": text}))
    assert words in response.content.decode()
    assert intake.rules.get().operator == "eq"


# ── Steps ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def step(kind, row, verb) -> str:
    return reverse("staff:catalogue:step", args=[kind, row.pk, verb])


def test_publishing_asks_first_and_then_publishes(manager, officer):
    programme = ProgrammeFactory(status="draft")
    address = step("programme", programme, "publish")
    assert "Publish" in manager.client.get(change(programme)).content.decode()
    page = manager.client.get(address).content.decode()
    assert "What will happen" in page
    programme.refresh_from_db()
    assert programme.status == "draft", "a link changes nothing"
    assert officer.client.post(address).status_code == 404
    assert manager.client.post(address).status_code == 302
    programme.refresh_from_db()
    assert programme.status == "published"


def test_scheduling_names_what_is_missing(manager):
    intake = IntakeFactory(draft=True)
    address = step("intake", intake, "schedule")
    page = manager.client.get(address).content.decode()
    assert "Add at least one eligibility rule" in page
    assert manager.client.post(address).status_code == 422
    intake.refresh_from_db()
    assert intake.status == "draft"


def test_retiring_needs_a_reason(manager):
    programme = ProgrammeFactory()
    assert manager.client.post(step("programme", programme, "retire"), {"reason": " "}).status_code == 422
    assert manager.client.post(step("programme", programme, "retire"), {"reason": "Replaced."}).status_code == 302
    assert Event.objects.get().reason == "Replaced."


def test_steps_that_do_not_exist_are_not_found(manager, founder):
    programme = ProgrammeFactory()
    for address in (step("programme", programme, "close"), step("intake", programme, "close"), step("nothing", programme, "close")):
        assert manager.client.post(address).status_code == 404
    assert founder.client.post(step("programme", programme, "pause")).status_code == 404
    assert not Event.objects.exists()


def test_step_from_a_stale_page_is_refused_in_words(manager):
    programme = ProgrammeFactory()
    assert manager.client.get(step("programme", programme, "publish")).status_code == 404
    assert manager.client.post(step("programme", programme, "publish")).status_code == 409
    assert not Event.objects.exists()


def test_call_is_reopened_with_its_drafts(manager):
    intake = IntakeFactory(closed=True)
    lapsed = ApplicationFactory(intake=intake, status="lapsed")
    address = reverse("staff:home:reopen_call", args=[intake.pk])
    assert "1 draft that lapsed" in manager.client.get(address).content.decode()
    ahead = timezone.localtime(now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    late = manager.client.post(address, {"closes_at": "2020-01-01T00:00", "reason": "Outage."})
    assert late.status_code == 422
    assert "Outage." in late.content.decode()
    intake.refresh_from_db()
    assert intake.status == "closed"
    assert manager.client.post(address, {"closes_at": ahead, "reason": "Outage."}).status_code == 302
    intake.refresh_from_db()
    lapsed.refresh_from_db()
    assert (intake.status, lapsed.status) == ("open", "draft")


def test_call_with_a_submitted_review_is_not_reopened(manager):
    intake = IntakeFactory(closed=True)
    AssignmentFactory(application=ApplicationFactory(intake=intake, sent=True, status="in_review"), status="submitted")
    ahead = timezone.localtime(now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    response = manager.client.post(reverse("staff:home:reopen_call", args=[intake.pk]), {"closes_at": ahead, "reason": "Outage."})
    assert response.status_code == 409
    intake.refresh_from_db()
    assert intake.status == "closed"
    assert not Event.objects.exists()


def test_calling_off_tells_those_under_way(manager, officer):
    intake = IntakeFactory()
    waiting = ApplicationFactory(intake=intake, sent=True)
    ApplicationFactory(intake=intake, status="withdrawn")
    address = reverse("staff:home:call_off", args=[intake.pk])
    assert officer.client.get(address).status_code == 404
    assert "1 startup with an application under way" in manager.client.get(address).content.decode()
    assert manager.client.post(address, {"reason": "The grant was withdrawn."}).status_code == 302
    told = [one["organisation"] for one in Event.objects.get(kind="catalogue.intake_cancelled").told if one["audience"] == "founder"]
    assert told == [str(waiting.startup.organisation_id)]


def test_area_keeps_its_code(officer):
    area = AreaFactory()
    page = officer.client.get(change(area))
    assert officer.client.post(change(area), posted(page, name="Financial technology", slug="other")).status_code == 302
    area.refresh_from_db()
    assert (area.slug, area.name) == ("fintech", "Financial technology")
    assert Event.objects.get().kind == "startups.area_edited"
