"""What happens next, in the applicant's words. Knows only the state that outsiders may know."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from incubator.web.parts import Action, Next
from programmes.applications.models import Application, InfoRequest
from programmes.applications.states import Status

LETTERS = frozenset({Status.APPROVED_CONDITIONAL, Status.OFFERED, Status.WAITLISTED, Status.REJECTED})


def of(application: Application, asked: InfoRequest | None, at: datetime) -> Next:
    """The box for one application. Reads loaded fields; needs `intake`."""
    state = Status(application.outside_status)
    if state == Status.DRAFT:
        return _draft(application, at)
    if state == Status.INFO_REQUESTED:
        action = Action(_("Answer"), reverse("my:applications:review", args=[application.pk]))
        return Next(_("Answer what the park asks"), _("The park waits for you"), asked.due_on if asked else None, tone="mine", action=action)
    if state in LETTERS:
        return _letter(application, state)
    return _waiting(application, state)


def _draft(application: Application, at: datetime) -> Next:
    closes = application.closes_at()
    if not application.is_editable(at):
        return Next(_("The deadline is past, and this application was not sent"), expected=closes, tone="rest")
    action = Action(_("Go on writing"), reverse("my:applications:form", args=[application.pk]))
    return Next(_("Finish your application and send it"), _("The park waits for you"), closes, tone="mine", action=action)


def _letter(application: Application, state: Status) -> Next:
    action = Action(_("Read the letter"), reverse("my:cohorts:letter", args=[application.pk]))
    if state == Status.OFFERED:
        return Next(_("Accept or decline the offer"), _("The park waits for you"), tone="mine", action=action)
    if state == Status.APPROVED_CONDITIONAL:
        return Next(_("Meet the conditions of your offer"), _("The park waits for you"), tone="mine", action=action)
    if state == Status.WAITLISTED:
        return Next(_("You are on the waiting list: we write as soon as a place is free"), _("You wait for the park"), tone="others", action=action)
    return Next(_("You were not selected this time"), tone="rest", action=action)


def _waiting(application: Application, state: Status) -> Next:
    park, by = _("You wait for the park"), application.intake.decision_on
    match state:
        case Status.SUBMITTED | Status.SCREENING:
            return Next(_("We check that your application is complete and the call is open to you"), park, by)
        case Status.IN_REVIEW:
            return Next(_("Reviewers read your application, then the park decides"), park, by)
        case Status.SHORTLISTED:
            return Next(_("The panel would like to meet you: we write to arrange a time"), park, by)
        case Status.ACCEPTED:
            return Next(
                _("You are admitted. Your cohort page shows the next steps"), tone="done", action=Action(_("To your cohort"), reverse("my:cohorts:index"))
            )
        case Status.INELIGIBLE:
            return Next(_("The application does not meet a condition of the call. The message we sent says which"), tone="rest")
        case Status.LAPSED:
            return Next(_("The application was not sent before the deadline"), tone="rest")
        case Status.WITHDRAWN:
            return Next(_("You have withdrawn this application"), tone="rest")
        case _:
            return Next(_("This application is closed"), tone="rest")
