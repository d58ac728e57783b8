"""What is told about programmes and intakes."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from incubator.outbox.models import Event
from incubator.outbox.registry import DECISION, IN_APP, Notice, register


def _record(event: Event, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"object_id": event.subject_id}


def _programme(event: Event, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"slug": facts["programme_slug"]}


STAFF = Notice(page="staff:catalogue_intake_change", page_args=_record, channels=(IN_APP,))

edited = register("catalogue.edited", _("edited the configuration"))

programme_published = register("catalogue.programme_published", _("published the programme"))
programme_paused = register("catalogue.programme_paused", _("paused the programme"))
programme_retired = register("catalogue.programme_retired", _("retired the programme"))

rubric_copied = register("catalogue.rubric_copied", _("made a new version of the rubric"))
rubric_frozen = register("catalogue.rubric_frozen", _("froze the rubric with the call"))

intake_scheduled = register("catalogue.intake_scheduled", _("scheduled the call"), audiences={"staff": STAFF})
intake_opened = register("catalogue.intake_opened", _("opened the call"), audiences={"staff": STAFF})
intake_closed = register("catalogue.intake_closed", _("closed the call"), audiences={"staff": STAFF})
intake_reopened = register("catalogue.intake_reopened", _("opened the call again"), audiences={"staff": STAFF})
review_started = register("catalogue.review_started", _("started the review"))
deliberation_started = register("catalogue.deliberation_started", _("started the deliberation"))
deliberation_reopened = register("catalogue.deliberation_reopened", _("went back to the deliberation"))
intake_decided = register("catalogue.intake_decided", _("declared all decided"))
intake_released = register("catalogue.intake_released", _("released the decisions"))
intake_completed = register("catalogue.intake_completed", _("completed the call"))
intake_cancelled = register(
    "catalogue.intake_cancelled",
    _("cancelled the call"),
    audiences={"staff": STAFF, "founder": Notice(page="public:catalogue:programme", page_args=_programme).bound(DECISION)},
)
