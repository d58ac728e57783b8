"""The founder's pages of the profile: set up, look at, edit by topic, people, documents, verification."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incubator.accounts import actors
from incubator.accounts.access import PortalRequest, portal
from incubator.files import operations as files
from incubator.lib.clock import now
from incubator.lib.refusals import Invalid, Stale
from incubator.outbox.timeline import timeline
from incubator.startups import completeness, states
from incubator.startups import operations as startups
from incubator.startups.forms_profile import COUNTRIES, TOPICS, CreateForm, DocumentForm, PersonForm
from incubator.startups.models import Area, Document, Person, Startup
from incubator.web import times
from incubator.web.parts import Action, Crumb, Fact, Next
from incubator.web.refusals import refusals_shown
from incubator.web.returning import safe_next
from incubator.web.templatetags.web import money


def own_startup(request: PortalRequest) -> Startup:
    """The startup the reader acts for; 404 where there is none."""
    return get_object_or_404(Startup.objects.owned_by(request.actor).select_related("organisation"))


def _crumbs(*more: Crumb) -> list[Crumb]:
    return [Crumb(_("Startup"), reverse("my:startups:profile") if more else ""), *more]


@require_http_methods(["GET", "HEAD", "POST"])
@portal("my", newcomers=True)
@refusals_shown
def create(request: PortalRequest) -> HttpResponse:
    """A newcomer, or somebody with one more company, sets a startup up and acts for it from then on.

    Who came to apply to a call is led back to it.
    """
    back = safe_next(request)
    form = CreateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            startup = startups.create(**form.cleaned_data, by=request.actor, at=now())
        except Invalid as invalid:
            form.add_error(invalid.field, str(invalid))
        else:
            actors.choose(request, "my", startup.organisation_id)
            messages.success(request, _("%(name)s is set up. Complete the profile when you like: every application reuses it.") % {"name": startup.name})
            return redirect(back or "my:home:index")
    context = {"form": form, "first": request.organisation is None, "back": back}
    return render(request, "my/startups/create.html", context, status=422 if form.errors else 200)


@require_safe
@portal("my")
def profile(request: PortalRequest) -> HttpResponse:
    """The whole profile on one page, and where its verification stands."""
    startup = own_startup(request)
    people = list(startup.people.order_by("pk"))
    areas = dict(Area.objects.values_list("slug", "name"))
    context = {
        "startup": startup,
        "people": people,
        "documents": list(startup.documents.select_related("file").order_by("-created_at", "-pk")),
        "completeness": completeness.of(startup, people=len(people)),
        "topics": [(key, title, _facts(startup, form.Meta.fields, areas)) for key, (title, form) in TOPICS.items()],
        "next": _next(startup, request),
        "entries": timeline(startup.pk, machine=states.PROFILE, audience="founder", organisation_id=startup.organisation_id),
    }
    return render(request, "my/startups/profile.html", context)


def _facts(startup: Startup, names: tuple[str, ...], areas: Mapping[str, str]) -> list[Fact]:
    labels = ((name, capfirst(str(Startup._meta.get_field(name).verbose_name))) for name in names if name != "currency")  # type: ignore[union-attr]
    return [Fact(label, _shown(startup, name, areas)) for name, label in labels]


def _shown(startup: Startup, name: str, areas: Mapping[str, str]) -> object:
    """A field of the profile as its page shows it."""
    value = getattr(startup, name)
    match name:
        case "jurisdiction":
            return str(dict(COUNTRIES).get(value, value))
        case "focus_areas" | "expertise_wanted":
            return ", ".join(areas.get(slug, slug) for slug in value)
        case "funding_raised":
            return money(value, startup.currency)
        case "incorporated_on":
            return times.day(value) if value else ""
        case "stage":
            return startup.get_stage_display()
        case "is_stealth":
            return _("Yes") if value else _("No")
        case _:
            return value


def _next(startup: Startup, request: PortalRequest) -> Next | None:
    send = Action(_("Send for verification"), reverse("my:startups:verify"))
    match states.Profile(startup.profile):
        case states.Profile.DRAFT | states.Profile.CHANGES_REQUESTED:
            changed = startup.profile == states.Profile.CHANGES_REQUESTED
            step = (
                _("Make the changes the park asked for, then send the profile again") if changed else _("Send the profile for verification when it is complete")
            )
            note = "" if changed else _("Only a verified profile can be shown to the public. You can apply to calls without.")
            return Next(step, _("The park waits for you") if changed else "", tone="mine", note=note, action=send if "founder" in request.actor.roles else None)
        case states.Profile.SUBMITTED:
            return Next(_("The park compares your profile with the register"), _("You wait for the park"))
        case states.Profile.VERIFIED if startup.reverify_needed:
            return Next(_("The park looks at what you changed since the profile was verified"), _("You wait for the park"))
        case states.Profile.VERIFIED:
            return None
        case _:
            return Next(_("The profile is closed. Ask the park"), tone="rest")


@require_http_methods(["GET", "HEAD", "POST"])
@portal("my")
@refusals_shown
def edit(request: PortalRequest, topic: str) -> HttpResponse:
    """One page of the profile."""
    if topic not in TOPICS:
        raise Http404
    startup = own_startup(request)
    title, form_class = TOPICS[topic]
    form = form_class(request.POST or None, instance=startup)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                startups.edit(startup, changes=form.changes(), version=form.cleaned_data["version"], by=request.actor, at=now())
            except Stale as stale:
                startup = own_startup(request)
                data = request.POST.copy()
                data["version"] = str(startup.version)
                form = form_class(data, instance=startup)
                form.add_error(None, str(stale))
            else:
                messages.success(request, _("Saved."))
                return redirect("my:startups:profile")
    context = {"form": form, "title": title, "crumbs": _crumbs(Crumb(title)), "warns": topic == "company" and startup.profile == states.Profile.VERIFIED}
    return render(request, "my/startups/edit.html", context, status=status)


# ── People ──────────────────────────────────────────────────────────────────
@require_http_methods(["GET", "HEAD", "POST"])
@portal("my")
@refusals_shown
def person(request: PortalRequest, pk: UUID | None = None) -> HttpResponse:
    """Somebody of the team: added, or changed."""
    startup = own_startup(request)
    row = get_object_or_404(startup.people.all(), pk=pk) if pk else Person(startup=startup)
    form = PersonForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        startups.save_person(startup, form.save(commit=False), by=request.actor, at=now())
        messages.success(request, _("Saved."))
        return redirect(reverse("my:startups:profile") + "#people")
    title = _("Somebody of the team")
    return render(request, "my/startups/edit.html", {"form": form, "title": title, "crumbs": _crumbs(Crumb(title))}, status=422 if form.errors else 200)


@require_POST
@portal("my")
@refusals_shown
def remove_person(request: PortalRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(own_startup(request).people.select_related("startup"), pk=pk)
    startups.remove_person(row, by=request.actor, at=now())
    messages.success(request, _("%(name)s is no longer listed.") % {"name": row.name})
    return redirect(reverse("my:startups:profile") + "#people")


# ── Documents ───────────────────────────────────────────────────────────────
@require_http_methods(["GET", "HEAD", "POST"])
@portal("my")
@refusals_shown
def add_document(request: PortalRequest) -> HttpResponse:
    """A document of the profile, which the founder may disclose."""
    startup = own_startup(request)
    form = DocumentForm(request.POST or None, request.FILES or None, most=files.megabytes(settings.FILE_MAX_BYTES))
    if request.method == "POST":
        if "upload" in files.dropped(request):
            form.add_error("upload", files.too_large())
        elif form.is_valid():
            data = form.cleaned_data
            try:
                startups.add_document(startup, kind=data["kind"], title=data["title"], upload=data["upload"], by=request.actor, at=now())
            except Invalid as invalid:
                form.add_error("upload", str(invalid))
            else:
                messages.success(request, _("The document is in your profile. Nobody outside sees it until you disclose it."))
                return redirect(reverse("my:startups:profile") + "#documents")
    title = _("Add a document")
    return render(request, "my/startups/edit.html", {"form": form, "title": title, "crumbs": _crumbs(Crumb(title))}, status=422 if form.errors else 200)


@require_safe
@portal("my")
def document(request: PortalRequest, pk: UUID) -> HttpResponseBase:
    """A document of the own profile, as a download."""
    row = get_object_or_404(Document.objects.filter(startup=own_startup(request)).select_related("file"), pk=pk)
    return files.download(row.file)


@require_http_methods(["GET", "HEAD", "POST"])
@portal("my")
@refusals_shown
def remove_document(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Take a document off the profile, after a page that says what that ends."""
    row = get_object_or_404(Document.objects.filter(startup=own_startup(request)).select_related("file", "startup"), pk=pk)
    if request.method == "POST":
        startups.remove_document(row, by=request.actor, at=now())
        messages.success(request, _("The document is removed."))
        return redirect(reverse("my:startups:profile") + "#documents")
    context = {
        "title": _("Remove “%(title)s”?") % {"title": row.title},
        "what": [_("The file is deleted. Whoever you disclosed it to can no longer fetch it."), _("Applications you have sent keep their own files.")],
        "told": [],
        "button": _("Remove the document"),
        "danger": True,
        "cancel_url": reverse("my:startups:profile"),
        "crumbs": _crumbs(Crumb(row.title)),
        "layout": "my/base.html",
    }
    return render(request, "partials/confirm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@portal("my")
@refusals_shown
def verify(request: PortalRequest) -> HttpResponse:
    """Ask the park to verify the profile."""
    startup = own_startup(request)
    if request.method == "POST":
        startups.send_for_verification(startup, by=request.actor, at=now())
        messages.success(request, _("Your profile is with the park."))
        return redirect("my:startups:profile")
    context = {
        "title": _("Send the profile for verification"),
        "what": [
            _("The park compares name, number and date of incorporation with the register."),
            _("You can go on changing the profile; a change of these asks for a new look."),
        ],
        "told": [_("The park's programme officers")],
        "button": _("Send for verification"),
        "cancel_url": reverse("my:startups:profile"),
        "crumbs": _crumbs(Crumb(_("Verification"))),
        "layout": "my/base.html",
    }
    return render(request, "partials/confirm.html", context)
