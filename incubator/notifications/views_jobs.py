"""The jobs of the clock in the staff portal."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from incubator.accounts.access import PortalRequest, portal
from incubator.notifications import access, health, jobs
from incubator.web import staff
from incubator.web.confirming import ask_or_act, confirm
from incubator.web.parts import Crumb, chips
from incubator.web.refusals import refusals_shown

HERE = "staff:notifications:jobs"
SHOWN: dict[str, Callable[[jobs.Job], bool]] = {"failed": lambda job: job.has_failed, "overdue": lambda job: job.is_overdue}


@portal("staff")
@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """Each job: when it ran, how that went, and when it runs next."""
    if not access.may_read_deliveries(request.actor):
        raise Http404
    found = jobs.jobs()
    wanted = SHOWN.get(request.GET.get("show", ""))
    counts = {name: sum(test(one) for one in found) for name, test in SHOWN.items()}
    context = {
        "title": _("Jobs of the clock"),
        "crumbs": [Crumb(_("Delivery"), reverse("staff:notifications:deliveries")), Crumb(_("Jobs of the clock"))],
        "jobs": [(one, every(one.every.total_seconds())) for one in found if wanted is None or wanted(one)],
        "show": chips(request, "show", [("failed", _("Failed")), ("overdue", _("Overdue"))], label=_("Show"), everything=_("All"), counts=counts),
        "clock_is_silent": any(role == "beat" and silent for role, _at, silent in health.pulses()),
        "may_run": access.may_run_jobs(request.actor),
    }
    return staff.draw(request, "staff/notifications/jobs.html", context)


@portal("staff")
@ask_or_act
@refusals_shown
def run(request: PortalRequest, name: str) -> HttpResponse:
    """Ask first, then let a job run now."""
    found = jobs.job(name) if access.may_run_jobs(request.actor) else None
    if found is None:
        raise Http404
    return confirm(
        request,
        title=_("Run this job now?"),
        what=[found.what, _("It runs within seconds, once, beside its usual times. Running it twice does no harm: what is done is not done again.")],
        told=[_("Whoever is told when the job runs by itself.")],
        button=_("Run it now"),
        act=lambda _data, at: jobs.want(name, by=request.actor, at=at),
        done=_("It runs within seconds. Reload the page to see its result."),
        back=reverse(HERE),
        crumbs=[Crumb(_("Jobs of the clock"), reverse(HERE)), Crumb(_("Run now"))],
    )


def every(seconds: float) -> str:
    """How often, in the largest unit that fits."""
    number = round(seconds)
    if number % 86_400 == 0:
        return ngettext("every day", "every %(n)d days", number // 86_400) % {"n": number // 86_400}
    if number % 3_600 == 0:
        return ngettext("every hour", "every %(n)d hours", number // 3_600) % {"n": number // 3_600}
    if number % 60 == 0:
        return ngettext("every minute", "every %(n)d minutes", number // 60) % {"n": number // 60}
    return ngettext("every second", "every %(n)d seconds", number) % {"n": number}
