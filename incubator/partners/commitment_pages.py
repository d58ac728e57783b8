"""The pages of commitments, the same for both sides; each portal draws them in its own frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from incubator.accounts.access import PortalRequest
from incubator.files import operations as files
from incubator.lib.clock import today
from incubator.lib.refusals import Invalid
from incubator.outbox.timeline import timeline
from incubator.partners import access
from incubator.partners import operations as partners
from incubator.partners.forms_commitments import CommitmentForm, ContributionForm, DeliverForm
from incubator.partners.models import Agreement, Commitment, Contribution, Side
from incubator.partners.progress import FAMILIES, plain, share, standing
from incubator.partners.states import COMMITMENT
from incubator.web import staff, times
from incubator.web.confirming import ReasonForm, Step, confirm, posted
from incubator.web.parts import Action, Crumb, Fact, Next, Words

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Portal:
    """A portal's frame: its addresses, its base template, and who is told there of what the other side reads."""

    name: str
    told: Words

    def url(self, name: str, *args: object) -> str:
        return reverse(f"{self.name}:partners:{name}", args=args)

    def agreement_url(self, agreement: Agreement) -> str:
        return self.url("agreement", agreement.pk) if self.name == "staff" else self.url("commitments")

    def draw(self, request: PortalRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        path = f"{self.name}/partners/{template}"
        return staff.draw(request, path, context) if self.name == "staff" else render(request, path, context)

    def confirm(self, request: PortalRequest, **how: Any) -> HttpResponse:
        return confirm(request, layout="" if self.name == "staff" else "partner/base.html", **how)


STAFF = Portal("staff", _lazy("The partner's representatives, by mail and in the portal"))
PARTNER = Portal("partner", _lazy("The park's partnership managers, in the staff site"))


def _wish(verb: str) -> Callable[..., object]:
    return lambda row, *, reason, by, at: partners.ask(row, verb, reason=reason, by=by, at=at)


STEPS = {
    "agree": Step("agree", _lazy("Agree"), (_lazy("Both sides have agreed then, and it is owed by its day."),), partners.agree),
    "start": Step("start", _lazy("Begin the work"), (_lazy("The commitment is in progress."),), partners.start),
    "deliver": Step(
        "deliver", _lazy("Deliver"), (_lazy("The other side looks at the evidence, and accepts or disputes it."),), partners.deliver, form=DeliverForm
    ),
    "accept": Step("accept", _lazy("Accept"), (_lazy("The commitment is fulfilled. This is final."),), partners.accept),
    "dispute": Step(
        "dispute", _lazy("Dispute"), (_lazy("The other side reads your reason and takes the work up again."),), partners.dispute, form=ReasonForm, danger=True
    ),
    "resume": Step("resume", _lazy("Take the work up again"), (_lazy("The commitment is in progress again; deliver it anew."),), partners.resume),
    "consent": Step("consent", _lazy("Agree to it"), (_lazy("The commitment is no longer owed. This is final."),), partners.consent, danger=True),
    "refuse": Step("refuse", _lazy("Do not agree"), (_lazy("The commitment stays as it is."),), partners.refuse),
    "defer": Step("defer", _lazy("Ask to defer it"), (_lazy("Nothing changes until the other side agrees."),), _wish("defer"), form=ReasonForm),
    "cancel": Step(
        "cancel", _lazy("Ask to cancel it"), (_lazy("Nothing changes until the other side agrees."),), _wish("cancel"), form=ReasonForm, danger=True
    ),
}
# The other side hears nothing of these.
QUIET = frozenset({"start", "resume"})


def line(row: Any, portal: Portal) -> dict[str, Any]:
    """One line of the scoreboard. The row comes from `with_actual`."""
    stands = standing(row, row.actual, today())
    return {
        "row": row,
        "url": portal.url("commitment", row.pk),
        "side": side_name(row),
        "done": plain(row.actual),
        "target": plain(row.target),
        "percent": int(share(row, row.actual) * 100),
        "standing": stands.label,
        "family": FAMILIES.get(stands, ""),
    }


def scoreboard(request: PortalRequest, agreement: Agreement, portal: Portal) -> dict[str, Any]:
    """What an agreement promises and how far it is: one query, and one for the workstreams."""
    rows = [line(one, portal) for one in Commitment.objects.visible_to(request.actor).of(agreement).with_actual()[:SHOWN]]
    names = list(agreement.workstreams.order_by("name", "pk").values_list("name", flat=True)[:SHOWN])
    may = access.may_propose(request.actor, agreement)
    add = Action(_("Propose a commitment"), portal.url("propose", agreement.pk), icon="plus") if may and names else None
    return {"strands": [(name, [one for one in rows if one["row"].workstream.name == name]) for name in names], "propose": add}


def side_name(row: Commitment) -> str:
    return _("The park") if row.side == Side.PARK else row.agreement.partner.organisation.name


def find(request: PortalRequest, pk: UUID) -> Any:
    rows = Commitment.objects.visible_to(request.actor).with_actual().select_related("workstream__agreement__partner__organisation", "evidence_file")
    return get_object_or_404(rows, pk=pk)


def crumbs(row: Commitment, portal: Portal, *more: Crumb) -> list[Crumb]:
    agreement = row.agreement
    up = [Crumb(_("Partners"), portal.url("index"))] if portal.name == "staff" else [Crumb(_("Commitments"), portal.url("commitments"))]
    own = [Crumb(agreement.reference, portal.agreement_url(agreement))] if portal.name == "staff" else []
    return [*up, *own, Crumb(row.title, portal.url("commitment", row.pk)) if more else Crumb(row.title), *more]


def detail(request: PortalRequest, pk: UUID, portal: Portal) -> HttpResponse:
    """One commitment: how far it is, its ledger with the evidence, what can be done, what has happened."""
    row = find(request, pk)
    own = request.actor.organisation_id if portal.name == "partner" else None
    entries = Contribution.objects.visible_to(request.actor).filter(commitment=row).select_related("file").order_by("-happened_on", "-pk")[:SHOWN]
    context = {
        "title": row.title,
        "line": line(row, portal),
        "commitment": row,
        "facts": facts(row),
        "next": next_step(request, row, portal),
        "actions": actions(request, row, portal),
        "ledger": [(one, plain(one.amount), portal.url("contribution-file", one.pk) if one.file_id else "") for one in entries],
        "evidence_url": portal.url("evidence", row.pk) if row.evidence_file_id else "",
        "entries": timeline(row.pk, machine=COMMITMENT, audience=portal.name, organisation_id=own),
        "crumbs": crumbs(row, portal),
    }
    return portal.draw(request, "commitment.html", context)


def facts(row: Commitment) -> list[Fact]:
    return [
        Fact(_("Owed by"), side_name(row)),
        Fact(_("Workstream"), row.workstream.name),
        Fact(_("Kind"), row.get_kind_display()),
        Fact(_("Number to reach"), f"{plain(row.target)} {row.get_unit_display()}"),
        Fact(_("From"), times.day(row.starts_on)),
        Fact(_("Due on"), times.day(row.due_on)),
    ]


def actions(request: PortalRequest, row: Commitment, portal: Portal) -> list[Action]:
    found = [
        Action(one.title, portal.url("commitment-step", row.pk, name), danger=one.danger)
        for name, one in STEPS.items()
        if access.may_step(request.actor, row, name)
    ]
    if access.may_contribute(request.actor, row):
        found.insert(min(1, len(found)), Action(_("Enter work done"), portal.url("contribute", row.pk), icon="plus"))
    if access.may_revise(request.actor, row):
        found.append(Action(_("Propose something else"), portal.url("revise", row.pk), icon="pencil"))
    return found


def next_step(request: PortalRequest, row: Commitment, portal: Portal) -> Next | None:
    """Who has to act, from the reader's side."""
    side = row.side_of(request.actor)
    other = _("The partner acts") if portal.name == "staff" else _("The park acts")
    if row.asked:
        mine = bool(side) and row.asked_by != side
        wish = _("Answer: one side asks %(what)s") % {"what": row.get_asked_display()}
        return Next(wish, _("You act") if mine else other, note=row.asked_reason, tone="mine" if mine else "others")
    said: dict[str, tuple[Words, bool]] = {
        "proposed": (_("Agree, or propose something else"), row.proposed_by != side),
        "agreed": (_("Begin the work"), row.side == side),
        "in_progress": (_("Enter the work done, and deliver"), row.side == side),
        "delivered": (_("Look at the evidence, then accept or dispute it"), row.side != side),
        "disputed": (_("Take the work up again"), row.side == side),
    }
    if row.status not in said or access.is_over(row.agreement):
        return None
    what, mine = said[row.status]
    return Next(what, _("You act") if mine and side else other, row.due_on, tone="mine" if mine and side else "others")


def step(request: PortalRequest, pk: UUID, verb: str, portal: Portal) -> HttpResponse:
    """One step, confirmed, with a reason or evidence where it needs one."""
    row, one = find(request, pk), STEPS.get(verb)
    if one is None or not access.may_step(request.actor, row, verb):
        raise Http404

    def act(data: dict[str, Any], at: datetime) -> object:
        with transaction.atomic():
            return one.take(row, **stored(data, request, at), by=request.actor, at=at)

    return portal.confirm(
        request,
        title=one.title,
        what=one.what,
        told=[] if verb in QUIET else [portal.told],
        button=one.title,
        act=act,
        done=_("Done."),
        back=portal.url("commitment", pk),
        crumbs=crumbs(row, portal, Crumb(one.title)),
        form=one.form(posted(request), request.FILES or None) if one.form else None,
        danger=one.danger,
    )


def stored(data: dict[str, Any], request: PortalRequest, at: datetime) -> dict[str, Any]:
    """The form's data, its upload (if it has one) kept as a file. Raises what `files.store` raises, at that field."""
    if "file" not in data:
        return data
    if "file" in files.dropped(request):
        raise files.TooLarge(files.too_large(), field="file")
    upload = data["file"]
    try:
        return {**data, "file": files.store(upload, by=request.actor, at=at) if upload else None}
    except Invalid as refusal:
        refusal.field = "file"
        raise


def contribute(request: PortalRequest, pk: UUID, portal: Portal) -> HttpResponse:
    """Enter work that no other part of the park's software has counted."""
    row = find(request, pk)
    if not access.may_contribute(request.actor, row):
        raise Http404

    def act(data: dict[str, Any], at: datetime) -> object:
        with transaction.atomic():
            return partners.contribute(row, **stored(data, request, at), by=request.actor, at=at)

    unit = row.get_unit_display()
    return portal.confirm(
        request,
        title=_("Enter work done"),
        what=[_("It counts towards %(number)s %(unit)s, and stays in the ledger for good.") % {"number": plain(row.target), "unit": unit}],
        told=[],
        button=_("Enter it"),
        act=act,
        done=_("Entered."),
        back=portal.url("commitment", pk),
        crumbs=crumbs(row, portal, Crumb(_("Enter work done"))),
        form=ContributionForm(posted(request), request.FILES or None),
    )


def propose(request: PortalRequest, pk: UUID, portal: Portal) -> HttpResponse:
    """A new commitment under an agreement."""
    agreement = get_object_or_404(Agreement.objects.visible_to(request.actor).select_related("partner__organisation"), pk=pk)
    if not access.may_propose(request.actor, agreement):
        raise Http404
    back = portal.agreement_url(agreement)
    return portal.confirm(
        request,
        title=_("Propose a commitment"),
        what=[_("It holds once the other side agrees.")],
        told=[portal.told],
        button=_("Propose it"),
        act=lambda data, at: partners.propose(data.pop("workstream"), **data, by=request.actor, at=at),
        done=_("Proposed. It holds once the other side agrees."),
        back=back,
        crumbs=[Crumb(agreement.reference, back), Crumb(_("Propose a commitment"))],
        form=CommitmentForm(posted(request), agreement=agreement),
    )


def revise(request: PortalRequest, pk: UUID, portal: Portal) -> HttpResponse:
    """Another proposal in place of the one that stands."""
    row = find(request, pk)
    if not access.may_revise(request.actor, row):
        raise Http404
    return portal.confirm(
        request,
        title=_("Propose something else"),
        what=[_("It stands in place of the proposal, and holds once the other side agrees.")],
        told=[portal.told],
        button=_("Propose it"),
        act=lambda data, at: partners.revise(row, **data, by=request.actor, at=at),
        done=_("Proposed. It holds once the other side agrees."),
        back=portal.url("commitment", pk),
        crumbs=crumbs(row, portal, Crumb(_("Propose something else"))),
        form=CommitmentForm(posted(request), instance=row, agreement=row.agreement),
    )


def evidence(request: PortalRequest, pk: UUID) -> HttpResponseBase:
    """The file that came with the delivery."""
    row = find(request, pk)
    if row.evidence_file is None:
        raise Http404
    return files.download(row.evidence_file)


def contribution_file(request: PortalRequest, pk: UUID) -> HttpResponseBase:
    row = get_object_or_404(Contribution.objects.visible_to(request.actor).select_related("file"), pk=pk)
    if row.file is None:
        raise Http404
    return files.download(row.file)
