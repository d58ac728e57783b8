"""Whether an offering is for a startup, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from incubator.startups.models import Startup
from programmes.expertise.models import Offering
from programmes.expertise.querysets import POPULATIONS


def why_not(offering: Offering, startup: Startup) -> str:
    """Why this startup may not ask for it; empty if it may. `OfferingQuerySet.serving` says the same in SQL."""
    population = POPULATIONS.get(startup.park_stage)
    if population is None:
        return _("Offerings are for incubatees and park companies. Apply to a programme first.")
    if offering.serves not in (Offering.Serves.BOTH, population):
        return _("This is for others: %(whom)s.") % {"whom": offering.get_serves_display()}
    if offering.focus_areas and not set(offering.focus_areas) & set(startup.focus_areas):
        return _("This is for startups of another focus.")
    if offering.stages and startup.stage not in offering.stages:
        return _("This is for startups at another stage.")
    return ""
