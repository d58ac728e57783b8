"""The founder's side: the letter, the offer in it, and the life in the cohort."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.clock import now
from incubator.lib.refusals import Invalid
from incubator.outbox.timeline import timeline
from incubator.web.parts import Action, Crumb, Fact, Next
from incubator.web.refusals import refusals_shown
from programmes.applications.models import Application
from programmes.cohorts import access
from programmes.cohorts import operations as cohorts
from programmes.cohorts.forms import AcceptForm, DeclineForm
from programmes.cohorts.models import CohortMembership, Offer
from programmes.cohorts.operations.memberships import ONBOARDING_STEPS
from programmes.cohorts.states import MEMBERSHIP, MembershipState, OfferState
from programmes.reviews.models import Determination


@require_safe
@portal("my")
def index(request: PortalRequest) -> HttpResponse:
    """Where the startup stands in its cohorts, and what is missing before the start."""
    memberships = list(
        CohortMembership.objects.visible_to(request.actor)
        .select_related("cohort__intake__programme", "startup", "application")
        .order_by("-starts_on", "-pk")[:20]
    )
    cards = [{"membership": one, "steps": _steps(one), "next": _next_step(one), "facts": _facts(one)} for one in memberships]
    current = memberships[0] if memberships else None
    context = {
        "title": _("Your cohort"),
        "cards": cards,
        "entries": timeline(current.pk, machine=MEMBERSHIP, audience="founder", organisation_id=request.actor.organisation_id) if current else (),
        "browse": Action(_("See open calls"), reverse("public:catalogue:calls")),
    }
    return render(request, "my/cohorts/index.html", context)


def _steps(membership: CohortMembership) -> list[tuple[str, object]]:
    return [
        (str(CohortMembership._meta.get_field(name).verbose_name), getattr(membership, name))  # type: ignore[union-attr]
        for name in ONBOARDING_STEPS
    ]


def _facts(membership: CohortMembership) -> list[Fact]:
    return [
        Fact(_("Programme"), membership.cohort.intake.programme.title),
        Fact(_("Starts"), membership.starts_on),
        Fact(_("Ends"), membership.ends_on),
        Fact(_("Application"), membership.application.reference or ""),
    ]


def _next_step(membership: CohortMembership) -> Next | None:
    if membership.status == MembershipState.ONBOARDING:
        step = _("Complete the onboarding: the park confirms each step below as it is done")
        return Next(step, _("Your programme officer guides you"), membership.starts_on, tone="others")
    if membership.status == MembershipState.ACTIVE:
        return Next(_("The programme is running"), "", membership.ends_on, tone="done")
    return None


def _decision(request: PortalRequest, pk: UUID) -> tuple[Application, Determination, Offer | None]:
    """The released decision on one of the startup's own applications, or 404."""
    application = get_object_or_404(Application.objects.visible_to(request.actor).select_related("intake__programme", "startup"), pk=pk)
    determination = Determination.objects.filter(application=application, released_at__isnull=False).first()
    if determination is None:
        raise Http404
    offer = Offer.objects.visible_to(request.actor).filter(application=application).first()
    return application, determination, offer


@require_safe
@portal("my")
def letter(request: PortalRequest, pk: UUID) -> HttpResponse:
    """The decision as the park wrote it; with an open offer, the terms and the way to answer."""
    application, determination, offer = _decision(request, pk)
    return _draw_letter(request, application, determination, offer, AcceptForm(initial=_terms(offer)))


def _terms(offer: Offer | None) -> dict[str, str]:
    return {"terms_sha256": offer.terms_sha256} if offer else {}


def _draw_letter(
    request: PortalRequest,
    application: Application,
    determination: Determination,
    offer: Offer | None,
    form: AcceptForm,
    *,
    status: int = 200,
) -> HttpResponse:
    is_open = offer is not None and offer.status == OfferState.OPEN and (offer.expires_at or now()) > now()
    may_answer = is_open and access.may_answer_offer(request.actor, application)
    context = {
        "application": application,
        "determination": determination,
        "offer": offer,
        "is_open": is_open,
        "may_answer": may_answer,
        "form": form,
        "next": _offer_next(offer, may_answer=may_answer) if is_open else None,
        "crumbs": [
            Crumb(_("Applications"), reverse("my:applications:index")),
            Crumb(application.reference or "", reverse("my:applications:detail", args=[application.pk])),
            Crumb(_("Letter")),
        ],
    }
    return render(request, "my/cohorts/letter.html", context, status=status)


def _offer_next(offer: Offer | None, *, may_answer: bool) -> Next:
    who = _("The park waits for you") if may_answer else _("The founder of your company signs")
    return Next(_("Read the terms and answer the offer"), who, offer.expires_at if offer else None, tone="mine" if may_answer else "others")


@require_http_methods(["POST"])
@portal("my")
@refusals_shown
def accept(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Sign the terms."""
    application, determination, offer = _decision(request, pk)
    if offer is None:
        raise Http404
    form = AcceptForm(request.POST)
    if not form.is_valid():
        return _draw_letter(request, application, determination, offer, form, status=422)
    try:
        cohorts.accept(
            offer,
            signed_name=form.cleaned_data["signed_name"],
            terms_sha256=form.cleaned_data["terms_sha256"],
            address=request.META.get("REMOTE_ADDR") or None,
            by=request.actor,
            at=now(),
        )
    except Invalid as refusal:
        form.add_error("signed_name", str(refusal.message))
        return _draw_letter(request, application, determination, offer, form, status=422)
    messages.success(request, _("Welcome. You have accepted the offer; a copy is in your inbox."))
    return redirect("my:cohorts:index")


@require_http_methods(["GET", "HEAD", "POST"])
@portal("my")
@refusals_shown
def decline(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Turn the place down, after a page that says what that means."""
    application, _determination, offer = _decision(request, pk)
    if offer is None or not access.may_answer_offer(request.actor, application):
        raise Http404
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        cohorts.decline(offer, reason=form.cleaned_data["reason"], by=request.actor, at=now())
        messages.success(request, _("You have declined the offer. The park has been told."))
        return redirect("my:cohorts:letter", pk=application.pk)
    back = reverse("my:cohorts:letter", args=[application.pk])
    context = {
        "title": _("Decline the offer"),
        "what": [
            _("Your place in %(intake)s goes to the next startup on the waiting list, at once.") % {"intake": application.intake.title},
            _("This cannot be undone. You may apply again to a later call."),
        ],
        "told": [_("The programme's staff, with your reason.")],
        "button": _("Decline the offer"),
        "danger": True,
        "form": form,
        "cancel_url": back,
        "crumbs": [Crumb(_("Letter"), back), Crumb(_("Decline"))],
    }
    return render(request, "partials/confirm.html", context)
