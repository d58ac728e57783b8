"""Startups in the partner portal: those that showed themselves, as far as they did. Every answer is a recorded read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.files import operations as files
from incubator.lib.clock import now
from incubator.startups import access
from incubator.startups import operations as startups
from incubator.startups.models import Area, DisclosureRead, Document, Startup
from incubator.startups.templatetags.startups import words
from incubator.web.paging import page
from incubator.web.parts import Crumb, chips


@require_safe
@portal("partner")
def index(request: PortalRequest) -> HttpResponse:
    """Startups that show themselves to this organisation, latest changed first. Three queries and one write."""
    focus, expertise = Area.objects.names(Area.Kind.FOCUS), Area.objects.names(Area.Kind.EXPERTISE)
    found = _found(request, focus, expertise)
    part = page(found, order=("-updated_at", "-id"), after=request.GET.get("after") or request.GET.get("before"))
    startups.record_read(DisclosureRead.Kind.LISTED, [one.pk for one in part.rows], by=request.actor, at=now())
    context = {
        "page": part,
        "rows": [_row(one, focus) for one in part.rows],
        "is_filtered": any(request.GET.get(name) for name in ("q", "focus", "stage", "expertise")),
        "focus": chips(request, "focus", list(focus.items()), label=_("Focus"), everything=_("All")),
        "stages": chips(request, "stage", Startup.Stage.choices, label=_("Stage"), everything=_("All")),
        "expertise": chips(request, "expertise", list(expertise.items()), label=_("Looks for help with"), everything=_("Anything")),
    }
    return render(request, "partner/startups/index.html", context)


def _found(request: PortalRequest, focus: dict[str, str], expertise: dict[str, str]) -> QuerySet[Startup]:
    found = Startup.objects.disclosed_to(request.actor)
    if text := request.GET.get("q", "")[:100].strip():
        found = found.matching(text)
    if request.GET.get("focus") in focus:
        found = found.with_focus(request.GET["focus"])
    if request.GET.get("expertise") in expertise:
        found = found.wanting(request.GET["expertise"])
    if request.GET.get("stage") in Startup.Stage.values:
        return found.filter(stage=request.GET["stage"])
    return found


def _row(startup: Any, focus: dict[str, str]) -> dict[str, Any]:
    shown = access.profile(startup, startup.level, in_list=True)
    return {**shown, "stage_label": startup.get_stage_display(), "focus": words(startup.focus_areas, focus)}


@require_safe
@portal("partner")
def detail(request: PortalRequest, pk: UUID) -> HttpResponse:
    """One startup, as far as it shows itself to this organisation."""
    startup: Any = get_object_or_404(Startup.objects.disclosed_to(request.actor), pk=pk)
    is_full = startup.level == access.FULL
    people = startup.people.order_by("-is_founder", "name", "pk")[:50] if is_full else ()
    documents = Document.objects.filter(startup=startup).disclosed_to(request.actor).order_by("title", "pk")[:50] if is_full else ()
    startups.record_read(DisclosureRead.Kind.OPENED, [startup.pk], by=request.actor, at=now())
    shown = access.profile(startup, startup.level, people=people, documents=documents)
    crumbs = [Crumb(_("Startups"), reverse("partner:startups:index")), Crumb(shown["name"])]
    return render(request, "partner/startups/detail.html", {"shown": shown, "crumbs": crumbs})


@require_safe
@portal("partner")
def document(request: PortalRequest, pk: UUID, document_pk: UUID) -> HttpResponseBase:
    """A document that was disclosed to this organisation. Recorded as a file read."""
    rows = Document.objects.filter(startup_id=pk).disclosed_to(request.actor).select_related("file")
    found = get_object_or_404(rows, pk=document_pk)
    answer = files.download(found.file)
    startups.record_read(DisclosureRead.Kind.FILE, [pk], by=request.actor, at=now())
    return answer
