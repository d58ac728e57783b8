"""What waits for either side of an agreement: to sign, to agree, to answer, to accept, to deliver in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incubator.lib.actor import Actor
from incubator.lib.clock import today
from incubator.partners.models import Agreement, Commitment, Side
from incubator.partners.states import OWED, AgreementState, CommitmentState
from incubator.web.waiting import Item, Work, register

SOON = timedelta(days=30)
OVER = (AgreementState.RENEWED, AgreementState.EXPIRED, AgreementState.TERMINATED)
ROLES = {Side.PARTNER: frozenset({"partner"}), Side.PARK: frozenset({"partnership"})}


def _kinds(portal: str, side: Side, other: Side) -> Iterator[Work]:
    """The work of one side in its portal."""
    roles, unsigned = ROLES[side], {f"signed_by_{side}_at__isnull": True}

    def commitments(actor: Actor) -> QuerySet[Commitment]:
        return Commitment.objects.visible_to(actor).select_related("workstream__agreement").order_by("due_on", "pk")

    def running(actor: Actor) -> QuerySet[Commitment]:
        return commitments(actor).filter(workstream__agreement__status=AgreementState.ACTIVE)

    def owed(actor: Actor) -> QuerySet[Commitment]:
        return running(actor).filter(status__in=OWED, side=side)

    def commitment(row: Commitment) -> Item:
        url = reverse(f"{portal}:partners:commitment", args=[row.pk])
        return Item(row.title, url, row.agreement.reference, since=row.updated_at, due=row.due_on, plain=row.title)

    def undated(row: Commitment) -> Item:
        return Item(row.title, reverse(f"{portal}:partners:commitment", args=[row.pk]), row.agreement.reference, since=row.updated_at)

    def agreement(row: Agreement) -> Item:
        page = f"{portal}:partners:sign" if side == Side.PARTNER else f"{portal}:partners:agreement"
        return Item(row.title, reverse(page, args=[row.pk]), row.reference, since=row.updated_at)

    def ending(row: Agreement) -> Item:
        url = reverse("partner:partners:agreement") if side == Side.PARTNER else reverse("staff:partners:agreement", args=[row.pk])
        return Item(row.title, url, row.reference, due=row.ends_on, plain=row.reference)

    page = f"{portal}:partners:commitments" if side == Side.PARTNER else ""
    badge = "commitments" if side == Side.PARTNER else "agreements"
    yield Work(
        "partners.sign",
        portal,
        _("Agreements to sign"),
        lambda actor: Agreement.objects.visible_to(actor).filter(status=AgreementState.PENDING_SIGNATURE, **unsigned).order_by("updated_at", "pk"),
        agreement,
        roles=roles,
        icon="writing-sign",
        badge="agreements",
        all_page="staff:partners:agreements" if side == Side.PARK else "",
    )
    yield Work(
        "partners.agree",
        portal,
        _("Commitments to agree to"),
        lambda actor: commitments(actor).filter(status=CommitmentState.PROPOSED, proposed_by=other).exclude(workstream__agreement__status__in=OVER),
        undated,
        roles=roles,
        icon="list-check",
        badge=badge,
        all_page=page,
    )
    yield Work(
        "partners.answer",
        portal,
        _("Wishes to defer or cancel: answer"),
        lambda actor: running(actor).filter(asked_by=other).exclude(asked=""),
        undated,
        roles=roles,
        icon="message-circle-question",
        badge=badge,
        all_page=page,
    )
    yield Work(
        "partners.accept",
        portal,
        _("Delivered commitments to accept"),
        lambda actor: running(actor).filter(status=CommitmentState.DELIVERED, side=other),
        undated,
        roles=roles,
        icon="checks",
        badge=badge,
        all_page=page,
    )
    title = _("Commitments due")
    soon = Work("partners.deliver", portal, title, lambda actor: owed(actor).filter(due_on__lte=today() + SOON), commitment, roles=roles, in_calendar=False)
    yield soon
    yield Work("partners.deliver", portal, title, owed, commitment, roles=roles, to_do=False)
    yield Work(
        "partners.ends",
        portal,
        _("Agreement ends"),
        lambda actor: Agreement.objects.visible_to(actor).filter(status=AgreementState.ACTIVE).order_by("ends_on", "pk"),
        ending,
        roles=roles,
        to_do=False,
    )


register(*_kinds("partner", Side.PARTNER, Side.PARK), *_kinds("staff", Side.PARK, Side.PARTNER))
