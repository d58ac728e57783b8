"""What happens next with an application, as its staff page says it."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from incubator.lib.actor import Actor
from incubator.web.parts import Next
from programmes.applications.models import Application, InfoRequest
from programmes.applications.states import TERMINAL, WAITS_FOR, Status

SCREENED_WITHIN_DAYS = 5


def for_staff(application: Application, actor: Actor, *, request: InfoRequest | None) -> Next:
    """The next step of the application, who waits for whom, and by when. Needs `intake` loaded."""
    status = Status(application.status)
    verbs = application.verbs_for(actor)
    words = _steps(application, request)
    if status in TERMINAL:
        return Next(_("Nothing more happens here."), tone="done" if status == Status.ACCEPTED else "rest", note=str(application.state_label()))
    step, verb, expected = words[status]
    return Next(step, who=_("Waits for: %(who)s") % {"who": WAITS_FOR[status]}, expected=expected, tone="mine" if verb in verbs else "others")


def _steps(application: Application, request: InfoRequest | None) -> dict[Status, tuple[str, str, datetime | date | None]]:
    """Per state: the step in words, the verb that takes it, and when it is expected."""
    intake = application.intake
    return {
        Status.SUBMITTED: (_("Take up the screening."), "start_screening", None),
        Status.SCREENING: (
            _("Check the rules and the answers; then ask, find it not eligible, or assign reviewers and send it to them."),
            "send_to_review",
            None,
        ),
        Status.INFO_REQUESTED: (_("The applicant answers what was asked; the clock stands still."), "", request.due_on if request else None),
        Status.IN_REVIEW: (_("Reviewers score it; then close the review or invite to an interview."), "close_review", intake.review_due_on),
        Status.SHORTLISTED: (_("The panel meets the applicant and records what it found."), "record_panel", None),
        Status.PENDING_DETERMINATION: (_("Record the decision, with its reasons."), "reject", intake.decision_on),
        Status.APPROVED_CONDITIONAL: (_("The conditions are met, then the place is offered."), "offer", intake.decision_on),
        Status.WAITLISTED: (_("A seat becomes free, or the waiting list ends."), "promote", None),
        Status.OFFERED: (_("The applicant accepts or declines, once the decisions are out."), "", None),
    }
