"""Who sees what: the founder's page on visibility, named organisations, and who looked."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.clock import now
from incubator.lib.refusals import Refusal
from incubator.startups import access
from incubator.startups import operations as startups
from incubator.startups.forms_disclosures import DisclosureForm, VisibilityForm
from incubator.startups.models import Disclosure, DisclosureRead, Document, Startup
from incubator.web.confirming import posted
from incubator.web.parts import Action, Crumb
from incubator.web.refusals import on_form, refusals_shown

READS_SHOWN_FOR = timedelta(days=90)


def _own(request: PortalRequest) -> Startup:
    return get_object_or_404(Startup.objects.owned_by(request.actor))


def _deciding(request: PortalRequest) -> Startup:
    """The startup of a founder; team members read along, so these pages are not there for them."""
    startup = _own(request)
    if not access.may_decide_disclosure(request.actor, startup):
        raise Http404
    return startup


@require_safe
@portal("my")
def disclosures(request: PortalRequest) -> HttpResponse:
    """The switch, one row per audience, and who looked in the last ninety days."""
    startup = _own(request)
    return _draw(request, startup, _switch(startup))


def _switch(startup: Startup) -> VisibilityForm:
    row = Disclosure.objects.switches(startup).prefetch_related("documents").first()
    chosen = {"level": row.level, "documents": list(row.documents.all())} if row else {"level": Disclosure.Level.SUMMARY.value}
    return VisibilityForm(startup=startup, initial={"visibility": startup.visibility, **chosen})


def _draw(request: PortalRequest, startup: Startup, form: VisibilityForm, *, status: int = 200) -> HttpResponse:
    rows = Disclosure.objects.visible_to(request.actor).live().select_related("organisation").prefetch_related("documents")
    context = {
        "startup": startup,
        "form": form,
        "may_decide": access.may_decide_disclosure(request.actor, startup),
        "rows": rows.order_by("audience", "organisation__name", "source", "pk")[:200],
        "reads": DisclosureRead.objects.of(startup.pk).filter(at__gte=now() - READS_SHOWN_FOR).by_day(),
        "kinds": dict(DisclosureRead.Kind.choices),
        "levels": Disclosure.Level.choices,
        "grant": Action(_("Show it to an organisation"), reverse("my:startups:disclose"), icon="plus"),
    }
    return render(request, "my/startups/disclosures.html", context, status=status)


@require_POST
@portal("my")
@refusals_shown
def visibility(request: PortalRequest) -> HttpResponse:
    """Turn the switch."""
    startup = _deciding(request)
    form = VisibilityForm(request.POST, startup=startup)
    if form.is_valid():
        try:
            startups.set_visibility(startup, **form.cleaned_data, by=request.actor, at=now())
        except Refusal as refusal:
            on_form(form, refusal)
        else:
            messages.success(request, _("Saved. It holds from now on, on pages, in search and for partners' systems."))
            return redirect("my:startups:disclosures")
    return _draw(request, startup, form, status=422)


@require_safe
@portal("my")
def preview(request: PortalRequest, level: int) -> HttpResponse:
    """The profile exactly as this level shows it to a partner."""
    startup = _own(request)
    if level not in Disclosure.Level.values:
        raise Http404
    documents = Document.objects.filter(startup=startup).order_by("title", "pk")
    shown = access.profile(startup, level, people=startup.people.order_by("-is_founder", "name", "pk"), documents=documents)
    label = Disclosure.Level(level).label
    context = {
        "shown": shown,
        "label": label,
        "levels": Disclosure.Level.choices,
        "level": level,
        "crumbs": [Crumb(_("Who sees what"), reverse("my:startups:disclosures")), Crumb(label)],
    }
    return render(request, "my/startups/preview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@portal("my")
@refusals_shown
def disclose(request: PortalRequest) -> HttpResponse:
    """Show the startup to one organisation."""
    startup = _deciding(request)
    form = DisclosureForm(posted(request), startup=startup, initial={"level": Disclosure.Level.SUMMARY.value})
    if request.method == "POST" and form.is_valid() and _disclosed(request, startup, form):
        return redirect("my:startups:disclosures")
    return _draw_form(request, form, title=_("Show it to an organisation"), button=_("Show it"))


@require_http_methods(["GET", "HEAD", "POST"])
@portal("my")
@refusals_shown
def change(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Change what one organisation sees."""
    startup = _deciding(request)
    row = get_object_or_404(Disclosure.objects.visible_to(request.actor).live().filter(organisation__isnull=False).select_related("organisation"), pk=pk)
    initial = {"level": row.level, "documents": list(row.documents.all()), "expires_on": _last_day(row)}
    form = DisclosureForm(posted(request), startup=startup, organisation=row.organisation, initial=initial)
    if request.method == "POST" and form.is_valid() and _disclosed(request, startup, form, row):
        return redirect("my:startups:disclosures")
    return _draw_form(request, form, title=row.organisation.name if row.organisation else "", button=_("Save"))


def _last_day(row: Disclosure) -> object:
    return (row.expires_at - timedelta(seconds=1)).date() if row.expires_at else None


def _disclosed(request: PortalRequest, startup: Startup, form: DisclosureForm, row: Disclosure | None = None) -> bool:
    organisation = row.organisation if row else form.cleaned_data["organisation"]
    try:
        startups.disclose(
            startup,
            organisation=organisation,
            level=form.cleaned_data["level"],
            documents=form.cleaned_data["documents"],
            expires_at=form.expires_at(),
            source=row.source if row else Disclosure.Source.FOUNDER,
            by=request.actor,
            at=now(),
        )
    except Refusal as refusal:
        on_form(form, refusal)
        return False
    messages.success(request, _("%(organisation)s now sees your startup as you chose.") % {"organisation": organisation.name if organisation else ""})
    return True


def _draw_form(request: PortalRequest, form: DisclosureForm, *, title: str, button: str) -> HttpResponse:
    crumbs = [Crumb(_("Who sees what"), reverse("my:startups:disclosures")), Crumb(title)]
    context = {"form": form, "title": title, "button": button, "crumbs": crumbs, "levels": Disclosure.Level.choices}
    return render(request, "my/startups/disclosure_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@portal("my")
@refusals_shown
def take_back(request: PortalRequest, pk: UUID) -> HttpResponse:
    """Take a disclosure back, after saying what ends."""
    _deciding(request)
    row = get_object_or_404(Disclosure.objects.visible_to(request.actor).live().select_related("organisation"), pk=pk)
    if request.method == "POST":
        startups.revoke(row, by=request.actor, at=now())
        messages.success(request, _("Taken back. It ended at once everywhere."))
        return redirect("my:startups:disclosures")
    audience = row.organisation.name if row.organisation else row.get_audience_display()
    context = {
        "layout": "my/base.html",
        "title": _("Take back what %(audience)s sees") % {"audience": audience},
        "what": _what_ends(row),
        "told": [_("No person is written to. Systems of the organisation are told to forget your startup.")] if row.organisation else [],
        "button": _("Take it back"),
        "danger": True,
        "cancel_url": reverse("my:startups:disclosures"),
        "crumbs": [Crumb(_("Who sees what"), reverse("my:startups:disclosures")), Crumb(_("Take back"))],
    }
    return render(request, "partials/confirm.html", context)


def _what_ends(row: Disclosure) -> list[str]:
    lines = [
        _("Your profile disappears from their pages, search, lists and programming interface at once."),
        _("Documents can no longer be fetched, and messages not yet sent are held back."),
        _("What they have read or downloaded before stays with them; you see below who looked."),
    ]
    if row.is_switch:
        lines.insert(0, _("Your startup becomes private."))
    if row.source == Disclosure.Source.ROUND:
        lines.append(_("Your round stays open but they cannot see it any more. To pause it or call it off, go to the round."))
    if row.source == Disclosure.Source.INTEREST:
        lines.append(_("You stay introduced: names and addresses were exchanged already."))
    return lines
