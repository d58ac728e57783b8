"""The staff's view of a call's reviews: the calls, the matrix, assigning in bulk, reminding."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, F, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.accounts.models import User
from incubator.lib.clock import now, today
from incubator.web import staff
from incubator.web.confirming import confirm, posted
from incubator.web.paging import page
from incubator.web.parts import Action, Crumb, Stat, chips
from incubator.web.refusals import refusals_shown
from programmes.applications.models import Application
from programmes.applications.querysets import ApplicationQuerySet
from programmes.catalogue.models import Intake
from programmes.reviews import access, conflicts, overview, states
from programmes.reviews import operations as reviews
from programmes.reviews.allocation import suggest
from programmes.reviews.forms import DueForm
from programmes.reviews.models import Assignment

SIZE = 40
MOST_AT_ONCE = 60
MOST_CALLS = 30
REVIEWED = ("screening", "in_review", "shortlisted", "pending_determination")


@require_safe
@portal("staff")
def allocation(request: PortalRequest) -> HttpResponse:
    """The calls with applications to review, with how far each is. Three queries."""
    if not access.may_see_reviews(request.actor):
        raise Http404
    rows = (
        Intake.objects.visible_to(request.actor)
        .filter(status__in=("open", "closed", "in_review", "deliberation"))
        .annotate(
            waiting=Count("applications", filter=Q(applications__status="screening")),
            reviewing=Count("applications", filter=Q(applications__status="in_review")),
            past=Count("applications", filter=Q(applications__status__in=("shortlisted", "pending_determination"))),
        )
        .order_by(F("review_due_on").asc(nulls_last=True), "-closes_at", "pk")[:MOST_CALLS]
    )
    late = Assignment.objects.open().filter(due_on__lt=today()).values_list("application__intake").annotate(late=Count("pk"))
    overdue = dict(late)
    context = {"title": _("Reviews"), "rows": [(one, overdue.get(one.pk, 0)) for one in rows], "crumbs": [Crumb(_("Reviews"))]}
    return staff.draw(request, "staff/reviews/allocation.html", context)


@require_safe
@portal("staff")
def matrix(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Applications against reviewers: who was asked, how far they are, who may not, where they disagree."""
    intake = _intake(request, pk)
    shown = _applications(request, intake)
    if request.GET.get("show") == "missing":
        shown = _short_of_reviewers(shown, intake)
    found = page(shown.select_related("startup", "intake"), order=("reference", "id"), after=request.GET.get("after"), size=SIZE)
    people = list(overview.reviewers())
    carried = overview.carried_in(intake, people, today())
    rows = overview.matrix(found.rows, people, today())
    context = {
        "title": intake.title,
        "intake": intake,
        "page": found,
        "rows": rows,
        "people": people,
        "carried": carried,
        "stats": _stats(intake, carried),
        "filters": [chips(request, "show", [("missing", _("Short of reviewers"))], label=_("Show"), everything=_("All"))],
        "actions": [
            Action(_("Assign reviewers"), reverse("staff:reviews:assign_bulk", args=[pk]), icon="users-plus"),
            Action(_("Send reminders"), reverse("staff:reviews:remind", args=[pk]), icon="bell-ringing"),
        ]
        if access.may_steer(request.actor) and intake.status in ("open", "closed", "in_review")
        else [],
        "crumbs": _crumbs(intake),
    }
    return staff.draw(request, "staff/reviews/matrix.html", context)


def _intake(request: PortalRequest, pk: UUID) -> Intake:
    if not access.may_see_reviews(request.actor):
        raise Http404
    return get_object_or_404(Intake.objects.visible_to(request.actor).select_related("programme"), pk=pk)


def _crumbs(intake: Intake, *more: str) -> list[Crumb]:
    here = Crumb(intake.title, reverse("staff:reviews:matrix", args=[intake.pk]) if more else "")
    return [Crumb(_("Reviews"), reverse("staff:reviews:allocation")), here, *(Crumb(one) for one in more)]


def _applications(request: PortalRequest, intake: Intake) -> ApplicationQuerySet:
    return Application.objects.visible_to(request.actor).filter(intake=intake, status__in=REVIEWED)


def _short_of_reviewers(rows: ApplicationQuerySet, intake: Intake) -> ApplicationQuerySet:
    """Those still to be reviewed that fewer people were asked about than the call wants."""
    asked = Count("assignments", filter=Q(assignments__status__in=states.ACTIVE))
    return rows.filter(status__in=("screening", "in_review")).annotate(asked=asked).filter(asked__lt=intake.reviews_per_application)


def _stats(intake: Intake, carried: list[overview.Carried]) -> list[Stat]:
    done, waiting = sum(one.done for one in carried), sum(one.open for one in carried)
    overdue = sum(one.overdue for one in carried)
    return [
        Stat(_("Reviews in"), f"{done} / {done + waiting}"),
        Stat(_("Overdue"), overdue, family="bad" if overdue else "rest"),
        Stat(_("Reviewers with room"), sum(not one.is_full for one in carried)),
        Stat(_("Reviews per application"), intake.reviews_per_application),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@portal("staff")
@refusals_shown
def assign_bulk(request: PortalRequest, pk: UUID) -> HttpResponse:
    """A suggestion of who should read what, to look at, change and confirm. Nothing is stored before that."""
    intake = _intake(request, pk)
    if not access.may_steer(request.actor):
        raise Http404
    wanted = list(_short_of_reviewers(_applications(request, intake), intake).select_related("startup").order_by("submitted_at", "pk")[:MOST_AT_ONCE])
    form = DueForm(posted(request), intake=intake)
    if request.method == "POST" and form.is_valid():
        pairs = _chosen(request, wanted)
        if pairs:
            reviews.assign_many(pairs, due_on=form.cleaned_data["due_on"], by=request.actor, at=now())
            messages.success(request, ngettext("%(n)d review is assigned.", "%(n)d reviews are assigned.", len(pairs)) % {"n": len(pairs)})
            return redirect("staff:reviews:matrix", pk=pk)
        form.add_error(None, _("Nothing was chosen."))
    context = {
        "title": _("Assign reviewers"),
        "intake": intake,
        "rows": _suggestion(intake, wanted),
        "form": form,
        "crumbs": _crumbs(intake, _("Assign reviewers")),
    }
    return staff.draw(request, "staff/reviews/assign_bulk.html", context, status=422 if form.errors else 200)


def _suggestion(intake: Intake, wanted: list[Application]) -> list[dict[str, Any]]:
    """For each application how many are missing and whom to ask. Seven queries."""
    people = list(overview.reviewers())
    by_id = {one.pk: one for one in people}
    found = conflicts.find(wanted, by_id)
    asked = overview.asked_pairs(wanted)
    missing = {one.pk: intake.reviews_per_application - one.asked for one in wanted}  # type: ignore[attr-defined]
    load = overview.active_by_reviewer(intake)
    pairs = suggest(missing, list(by_id), load=load, capacity=intake.reviewer_capacity, barred={*found, *asked})
    chosen: dict[UUID, list[User]] = {one.pk: [] for one in wanted}
    for application, reviewer in pairs:
        chosen[application].append(by_id[reviewer])
    return [{"application": one, "missing": missing[one.pk], "reviewers": chosen[one.pk], "load": load} for one in wanted]


def _chosen(request: PortalRequest, wanted: list[Application]) -> list[tuple[Application, User]]:
    """The pairs ticked in the form; what is not offered there is passed over."""
    applications = {str(one.pk): one for one in wanted}
    people = {str(one.pk): one for one in overview.reviewers()}
    ticked = dict.fromkeys(request.POST.getlist("pair"))
    split = [pair.partition(":") for pair in ticked]
    return [(applications[left], people[right]) for left, _colon, right in split if left in applications and right in people]


@require_http_methods(["GET", "HEAD", "POST"])
@portal("staff")
@refusals_shown
def remind(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Remind everybody whose review of this call is still to come, each at most once a day."""
    intake = _intake(request, pk)
    if not access.may_steer(request.actor):
        raise Http404
    waiting = list(Assignment.objects.open().visible_to(request.actor).filter(application__intake=intake).select_related("reviewer").order_by("due_on", "pk"))
    names = sorted({one.reviewer.name for one in waiting})
    return confirm(
        request,
        title=_("Send reminders"),
        what=[ngettext("%(n)d review is still to come.", "%(n)d reviews are still to come.", len(waiting)) % {"n": len(waiting)}],
        told=[_("%(names)s, by e-mail; who was reminded today is not reminded again.") % {"names": ", ".join(names)}] if names else [],
        button=_("Send reminders"),
        act=lambda data, at: [reviews.remind(one, by=request.actor, at=at) for one in waiting],
        done=_("The reminders are on their way."),
        back=reverse("staff:reviews:matrix", args=[pk]),
        crumbs=_crumbs(intake, _("Send reminders")),
    )
