"""Conflicts of interest between people and applications, computed from the records when asked.

Nothing here is stored: a tie made a minute ago counts now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from incubator.accounts.models import Membership
from incubator.lib.clock import today
from incubator.startups.models import Tie
from programmes.applications.models import Application, Reader
from programmes.reviews.models import Conflict

Found = Mapping[tuple[UUID, UUID], Sequence[str]]


def find(applications: Sequence[Application], users: Iterable[UUID]) -> Found:
    """The reasons why a person may not read an application, by (application id, user id); free pairs are missing.

    Looks at ties of the person and of the organisations outside the park they belong to, at who belongs to the
    startup, at conflicts declared now or before about the same startup, and at who was barred. The applications need
    `startup` loaded. Four queries, however many pairs.
    """
    people = list(users)
    by_startup: dict[UUID, list[UUID]] = defaultdict(list)
    own: dict[UUID, list[UUID]] = defaultdict(list)
    for one in applications:
        by_startup[one.startup_id].append(one.pk)
        own[one.startup.organisation_id].append(one.pk)
    found: dict[tuple[UUID, UUID], list[str]] = defaultdict(list)

    belongs: dict[UUID, list[tuple[UUID, str]]] = defaultdict(list)
    memberships = Membership.objects.filter(user__in=people).exclude(organisation__kind="park").values_list("user_id", "organisation_id", "organisation__name")
    for user, organisation, name in set(memberships):
        belongs[organisation].append((user, name))
        for application in own.get(organisation, ()):
            found[application, user].append(_("Belongs to the startup"))

    current = Tie.objects.filter(Q(until_on__isnull=True) | Q(until_on__gte=today()), startup__in=by_startup)
    for tie in current.filter(Q(user__in=people) | Q(organisation__in=belongs)).order_by("pk"):
        ends = [(tie.user_id, "")] if tie.user_id else belongs[tie.organisation_id]  # type: ignore[index]
        for person, through in ends:
            if person is not None:
                for application in by_startup[tie.startup_id]:
                    found[application, person].append(_("%(tie)s, through %(name)s") % {"tie": tie, "name": through} if through else str(tie))

    declared = Conflict.objects.filter(application__startup__in=by_startup, user__in=people).order_by("recorded_at")
    for application_id, startup, user, reason in declared.values_list("application_id", "application__startup_id", "user_id", "reason"):
        for application in by_startup[startup]:
            words = _("Declared: %(reason)s") if application == application_id else _("Declared before: %(reason)s")
            found[application, user].append(words % {"reason": reason})

    barred = Reader.objects.filter(application__in=[one.pk for one in applications], user__in=people, is_barred=True)
    for application, user in barred.values_list("application_id", "user_id"):
        if (application, user) not in found:
            found[application, user].append(_("Barred from this application"))
    return found


def of(application: Application, user_id: UUID) -> Sequence[str]:
    """The reasons why one person may not read one application; empty if there are none."""
    return find([application], [user_id]).get((application.pk, user_id), ())
