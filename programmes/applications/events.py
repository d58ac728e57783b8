"""What is told about applications, to whom."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from incubator.outbox.models import Event
from incubator.outbox.registry import DEADLINE, DECISION, IN_APP, Notice, Recipient, register
from programmes.applications.models import Application

FOUNDER = Notice(page="my:applications:detail")
STAFF = Notice(page="staff:applications:detail", channels=(IN_APP,))


def _still_unanswered(event: Event, recipient: Recipient) -> bool:
    """Nobody is reminded of what was answered in the meantime."""
    return Application.objects.filter(pk=event.subject_id, status="info_requested").exists()


def _still_a_draft(event: Event, recipient: Recipient) -> bool:
    """Nobody is reminded of what was sent in or withdrawn in the meantime."""
    return Application.objects.filter(pk=event.subject_id, status="draft").exists()


# ── Applying ──
SILENT = Notice(page="my:applications:detail", channels=())
started = register("applications.started", _("started the application"), audiences={"founder": SILENT})
submitted = register("applications.submitted", _("sent the application in"), audiences={"founder": FOUNDER, "staff": STAFF})
request_answered = register(
    "applications.request_answered", _("answered what was asked and sent the application again"), audiences={"founder": FOUNDER, "staff": STAFF}
)
withdrawn = register("applications.withdrawn", _("withdrew the application"), audiences={"founder": FOUNDER, "staff": STAFF})
deadline_approaching = register(
    "applications.deadline_approaching",
    _("reminded of the deadline"),
    audiences={"founder": FOUNDER.bound(DEADLINE)},
    still_allowed=_still_a_draft,
    time_to_live=timedelta(hours=20),
)
lapsed = register("applications.lapsed", _("closed the draft, which was not sent in time"), audiences={"founder": FOUNDER.bound(DECISION)})
revived = register("applications.revived", _("opened the draft again"), audiences={"founder": FOUNDER})

# ── Screening ──
screening_started = register("applications.screening_started", _("took up the screening"))
information_requested = register("applications.information_requested", _("asked for information"), audiences={"founder": FOUNDER.bound(DEADLINE)})
answer_due = register(
    "applications.answer_due",
    _("reminded of the questions"),
    audiences={"founder": FOUNDER.bound(DEADLINE)},
    still_allowed=_still_unanswered,
    time_to_live=timedelta(hours=20),
)
screening_resumed = register("applications.screening_resumed", _("went on without the information asked for"), audiences={"founder": FOUNDER})
ineligibility_proposed = register("applications.ineligibility_proposed", _("proposed to find it not eligible"), audiences={"staff": STAFF})
ineligibility_dismissed = register("applications.ineligibility_dismissed", _("dismissed the proposal to find it not eligible"))
found_ineligible = register("applications.found_ineligible", _("found it not eligible"), audiences={"founder": FOUNDER.bound(DECISION)})
deadline_extended = register("applications.deadline_extended", _("extended the deadline"), audiences={"founder": FOUNDER.bound(DEADLINE)})

# ── Reading ──
file_read = register("applications.file_read", _("fetched a file"))
