"""Which applications; who may see them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.search import SearchQuery
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from incubator.accounts.roles import REVIEW_ROLES
from incubator.lib.actor import Actor
from incubator.lib.clock import today
from programmes.applications import access

if TYPE_CHECKING:
    from programmes.applications.models import Application


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, actor: Actor) -> ApplicationQuerySet:
        """Who works on applications sees what was sent in (drafts are the founder's own), the chair what is past screening.

        Applicants see their own; reviewers what they may read. Somebody with a tie to the startup sees nothing of it,
        whenever the tie was made, staff included. Partners, investors and the rest of the staff see no applications.
        """
        if actor.kind == "system":
            return self
        if actor.organisation_id is None:
            return self.none()
        if actor.organisation_kind == "startup":
            return self.filter(startup__organisation_id=actor.organisation_id)
        if actor.organisation_kind != "park" or actor.user_id is None:
            return self.none()
        rows = self.without_conflict(actor)
        if access.reads_applications(actor):
            return rows.sent()
        if access.decides(actor):
            return rows.past_screening()
        if actor.roles & REVIEW_ROLES:
            readers = apps.get_model("applications", "Reader")._default_manager
            return rows.filter(Exists(readers.filter(application_id=OuterRef("pk"), user_id=actor.user_id, is_barred=False)))
        return self.none()

    def without_conflict(self, actor: Actor) -> ApplicationQuerySet:
        """Without those the person is barred from, or to whose startup they are tied today.

        A tie is the person's own, or one of an organisation outside the park that they belong to; whoever belongs to
        the startup itself is tied to it.
        """
        if actor.user_id is None:
            return self
        ties = apps.get_model("startups", "Tie")._default_manager
        readers = apps.get_model("applications", "Reader")._default_manager
        day = today()
        tied = ties.filter(Q(until_on__isnull=True) | Q(until_on__gte=day), startup_id=OuterRef("startup_id"))
        memberships = apps.get_model("accounts", "Membership")._default_manager
        own = memberships.filter(user_id=actor.user_id).exclude(organisation__kind="park")
        return self.exclude(
            Exists(tied.filter(Q(user_id=actor.user_id) | Q(organisation_id__in=own.values("organisation_id"))))
            | Exists(own.filter(organisation_id=OuterRef("startup__organisation_id")))
            | Exists(readers.filter(application_id=OuterRef("pk"), user_id=actor.user_id, is_barred=True))
        )

    def sent(self) -> ApplicationQuerySet:
        """Those that were sent in at some time; a draft withdrawn before has no reference."""
        return self.filter(submitted_at__isnull=False).exclude(status__in=("draft", "lapsed"))

    def past_screening(self) -> ApplicationQuerySet:
        return self.sent().exclude(status__in=("submitted", "screening", "info_requested", "ineligible"))

    def waiting_for_screening(self) -> ApplicationQuerySet:
        return self.filter(status__in=("submitted", "screening", "info_requested"))

    def for_staff_list(self) -> ApplicationQuerySet:
        """With what a row of the staff's lists shows: startup, call, since when it is in its state, what was asked by when."""
        events = apps.get_model("outbox", "Event")._default_manager
        requests = apps.get_model("applications", "InfoRequest")._default_manager
        entered = events.filter(subject_id=OuterRef("pk"), to_state=OuterRef("status")).order_by("-version").values("at")[:1]
        asked = requests.filter(application_id=OuterRef("pk"), answered_at__isnull=True).values("due_on")[:1]
        return self.select_related("intake", "startup").annotate(
            since=Coalesce(Subquery(entered), F("updated_at"), output_field=models.DateTimeField()),
            answer_due_on=Subquery(asked, output_field=models.DateField()),
        )

    def matching(self, text: str) -> ApplicationQuerySet:
        """By the beginning of the reference, or by words of the startup's name; both from an index."""
        text = text.replace("\x00", "")
        words = re.findall(r"\w+", text)
        if not words:
            return self.none() if text.strip() else self
        query = SearchQuery(" & ".join(f"{word}:*" for word in words), search_type="raw", config="simple")
        found = self.model._default_manager.order_by()
        by_name = found.filter(startup__search=query).values("pk")  # apart: either alone has its index, «or» over two tables has none
        return self.filter(pk__in=found.filter(reference__startswith=text.strip().upper()).values("pk").union(by_name))

    def unsent(self, actor: Actor) -> ApplicationQuerySet:
        """Drafts and lapsed drafts, for who may give more time. Their answers are not for staff to read."""
        if actor.organisation_kind != "park" or not actor.roles & {"officer", "manager"}:
            return self.none()
        return self.without_conflict(actor).filter(status__in=("draft", "lapsed"))

    def newest_first(self) -> ApplicationQuerySet:
        """By the time of sending in; drafts, which have none, are not meant here."""
        return self.order_by("-submitted_at", "-id")

    def locked(self, pk: UUID) -> Application:
        return self.select_for_update(of=("self",)).select_related("intake__programme", "startup").get(pk=pk)
