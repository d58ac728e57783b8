"""The founder's home: the next things to do, the applications, and how complete the profile is."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.clock import now
from incubator.startups import completeness
from incubator.startups.models import Startup
from incubator.web import waiting
from incubator.web.parts import Action
from programmes.applications.models import Application
from programmes.catalogue.models import Intake

SHOWN = 3


@require_safe
@portal("my")
def index(request: PortalRequest) -> HttpResponse:
    """The first page after signing in. Twelve statements at most, however much there is."""
    startup = Startup.objects.owned_by(request.actor).select_related("organisation").first()
    if startup is None:
        return redirect("my:startups:create")
    at = now()
    applications = list(Application.objects.visible_to(request.actor).select_related("intake__programme").order_by("-created_at", "-pk")[:5])
    profile = completeness.of(startup, people=startup.people.count())
    tasks, more = waiting.tasks(request.actor, "my", most=SHOWN)
    context = {
        "startup": startup,
        "tasks": tasks,
        "more": more,
        "inbox_url": reverse("my:notifications:inbox"),
        "applications": applications,
        "completeness": profile,
        "calls": []
        if applications
        else list(Intake.objects.visible_to(request.actor).accepting(at).select_related("programme").order_by("closes_at", "pk")[:3]),
        "browse": Action(_("See open calls"), reverse("public:catalogue:programmes"), icon="search"),
    }
    return render(request, "my/home/index.html", context)
