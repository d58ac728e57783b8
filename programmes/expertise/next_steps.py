""" "What happens next" of a request, as each side reads it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from incubator.web.parts import Action, Next
from programmes.expertise.models import SupportRequest
from programmes.expertise.operations.clockwork import CLOSE_AFTER
from programmes.expertise.states import RequestState as S


def for_founder(asked: SupportRequest, steps: tuple[str, ...]) -> Next | None:
    partner = {"partner": asked.offering.organisation.name}
    if asked.status == S.DRAFT:
        action = Action(_("Send to the park"), reverse("my:expertise:send", args=[asked.pk])) if "send" in steps else None
        who = _("Only you see it until then") if action else _("A founder sends it; only you see it until then")
        return Next(_("Read it once more and send it"), who, tone="mine" if action else "others", action=action)
    if asked.status in (S.SUBMITTED, S.TRIAGED):
        return Next(_("The park reads your request and puts it to the partner"), _("You wait for the park"), asked.triage_due_on)
    if asked.status == S.OFFERED:
        return Next(_("%(partner)s answers") % partner, _("You wait for the partner; the park reminds it"), asked.answer_due_on)
    if asked.status == S.ACCEPTED:
        return Next(_accepted(asked), _("You wait for %(partner)s") % partner)
    if asked.status in (S.SCHEDULED, S.IN_PROGRESS):
        step = _("Use the code; the partner then says that it has delivered") if asked.offering.is_coded else _("Meet, and work on it")
        return Next(step, _("%(partner)s says when everything is delivered") % partner)
    if asked.status == S.DELIVERED:
        action = Action(_("Confirm and rate"), reverse("my:expertise:step", args=[asked.pk, "close"]))
        until = asked.delivered_at + CLOSE_AFTER if asked.delivered_at else None
        return Next(_("Confirm what was delivered, and say how much it helped"), _("The partner waits for you"), until, "mine", action=action)
    return _founders_end(asked)


def _accepted(asked: SupportRequest) -> str:
    return _("The partner gives you the code") if asked.offering.is_coded else _("The partner plans the first session")


def _founders_end(asked: SupportRequest) -> Next | None:
    again = Action(_("See what else is offered"), reverse("my:expertise:index"))
    if asked.status == S.DECLINED:
        return Next(_("The park declined your request"), tone="rest", note=asked.alternative, action=again)
    if asked.status == S.DECLINED_BY_PARTNER:
        return Next(_("The partner cannot help now"), tone="rest", action=again)
    if asked.status == S.EXPIRED:
        return Next(_("The partner did not answer in time"), tone="rest", action=again)
    return None


def for_partner(asked: SupportRequest, steps: tuple[str, ...]) -> Next | None:
    mine = "mine" if steps else "others"
    you = _("The startup waits for you")
    if asked.status == S.OFFERED:
        return Next(_("Accept or decline the request"), you, asked.answer_due_on, mine)  # type: ignore[arg-type]
    if asked.status == S.ACCEPTED:
        step = _("Give the code") if asked.offering.is_coded else _("Plan the first session")
        return Next(step, you, tone=mine)  # type: ignore[arg-type]
    if asked.status == S.SCHEDULED:
        return Next(_("Meet, then log the hours"), you, tone=mine)  # type: ignore[arg-type]
    if asked.status == S.IN_PROGRESS:
        step = _("Say that it is delivered") if asked.offering.is_coded else _("Plan another session, or say that it is delivered")
        return Next(step, you, tone=mine)  # type: ignore[arg-type]
    if asked.status == S.DELIVERED:
        until = asked.delivered_at + CLOSE_AFTER if asked.delivered_at else None
        return Next(_("The startup confirms and rates"), _("You wait for the startup; hours count then"), until)
    return None


def for_staff(asked: SupportRequest) -> Next | None:
    if asked.status == S.SUBMITTED:
        return Next(_("Read the need, and word it for the partner"), _("The startup waits for the park"), asked.triage_due_on, "mine")
    if asked.status == S.TRIAGED:
        return Next(_("Put it to the partner, or decline it"), _("The startup waits for the park"), asked.triage_due_on, "mine")
    if asked.status == S.OFFERED:
        return Next(_("The partner answers"), _("The park waits for the partner"), asked.answer_due_on, "mine" if asked.escalated_at else "others")
    if asked.status in (S.ACCEPTED, S.SCHEDULED, S.IN_PROGRESS):
        return Next(_("The partner helps the startup"), _("Startup and partner work on it"))
    if asked.status == S.DELIVERED:
        until = asked.delivered_at + CLOSE_AFTER if asked.delivered_at else None
        return Next(_("The startup confirms and rates"), _("The system closes it otherwise"), until)
    return None
