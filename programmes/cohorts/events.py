"""What is told about decisions, offers and membership."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from incubator.outbox.models import Event
from incubator.outbox.registry import DEADLINE, DECISION, Notice, register


def _application(event: Event, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"pk": facts["application_id"]}


def _intake(event: Event, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"pk": facts["intake_id"]}


LETTER = Notice(page="my:cohorts:letter", page_args=_application)
COHORT_OF_STAFF = Notice(page="staff:cohorts:cohort", page_args=_intake)

determined = register("cohorts.determined", _("recorded the determination"))
conditions_met = register("cohorts.conditions_met", _("confirmed that the conditions are met"))
decision_reverted = register("cohorts.decision_reverted", _("took the decision back"))
letter_rewritten = register("cohorts.letter_rewritten", _("changed the letter"))
letters_sent = register("cohorts.letters_sent", _("sent the letters out"), audiences={"staff": COHORT_OF_STAFF})
decision_released = register("cohorts.decision_released", _("told the applicant the decision"), audiences={"founder": LETTER.bound(DECISION)})
offer_made = register("cohorts.offer_made", _("offered a place"), audiences={"founder": LETTER.bound(DEADLINE)})
offer_prepared = register("cohorts.offer_prepared", _("prepared an offer"))
offer_opened = register("cohorts.offer_opened", _("opened the offer"))
offer_expiring = register("cohorts.offer_expiring", _("reminded the founder of the offer's deadline"), audiences={"founder": LETTER.bound(DEADLINE)})
offer_accepted = register(
    "cohorts.offer_accepted",
    _("accepted the offer"),
    audiences={"founder": Notice(page="my:cohorts:index", page_args=lambda event, facts: {}), "staff": COHORT_OF_STAFF},
)
offer_declined = register("cohorts.offer_declined", _("declined the offer"), audiences={"staff": COHORT_OF_STAFF})
offer_lapsed = register("cohorts.offer_lapsed", _("let the offer lapse"), audiences={"founder": LETTER.bound(DECISION), "staff": COHORT_OF_STAFF})
offer_cancelled = register("cohorts.offer_cancelled", _("cancelled the offer"))
application_decided = register("cohorts.application_decided", _("moved the application with the offer"))
membership_started = register("cohorts.membership_started", _("joined the cohort"))
onboarding_edited = register("cohorts.onboarding_edited", _("updated the onboarding"))
membership_activated = register(
    "cohorts.membership_activated",
    _("completed the onboarding"),
    audiences={"founder": Notice(page="my:cohorts:index", page_args=lambda event, facts: {})},
)
membership_deferred = register(
    "cohorts.membership_deferred",
    _("deferred the start"),
    audiences={"founder": Notice(page="my:cohorts:index", page_args=lambda event, facts: {}).bound(DECISION)},
)
membership_cancelled = register(
    "cohorts.membership_cancelled",
    _("cancelled the membership"),
    audiences={"founder": Notice(page="my:cohorts:index", page_args=lambda event, facts: {}).bound(DECISION)},
)
rescinded = register("cohorts.rescinded", _("withdrew the admission"), audiences={"founder": LETTER.bound(DECISION)})
