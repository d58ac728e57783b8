"""Why an offering fits a startup, in lines that the founder can check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incubator.startups.models import Startup
from programmes.expertise.capacity import free_in_words


def reasons(offering: Any, startup: Startup, areas: Mapping[str, str], focus: Mapping[str, str]) -> list[str]:
    """The offering comes from `with_free` and `with_rating`. No query."""
    found = []
    if offering.area in startup.expertise_wanted:
        found.append(_("You asked for help with %(area)s") % {"area": areas.get(offering.area, offering.area)})
    shared = [focus.get(one, one) for one in offering.focus_areas if one in startup.focus_areas]
    if shared:
        found.append(_("Made for %(focus)s") % {"focus": ", ".join(shared)})
    found.append(free_in_words(offering.free, offering.capacity, coded=offering.is_coded))
    if offering.rated:
        found.append(rating_in_words(offering.rating, offering.rated))
    return found


def rating_in_words(rating: float, number: int) -> str:
    """4.6 of 5 from 9 startups."""
    whole = ngettext("%(rating).1f of 5 from %(n)d request", "%(rating).1f of 5 from %(n)d requests", number)
    return whole % {"rating": rating, "n": number}
