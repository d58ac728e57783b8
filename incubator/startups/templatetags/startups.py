"""`{% load startups %}`: a startup as one level shows it, the same wherever it is shown."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template

from incubator.startups.models import Area, Disclosure, Document, Startup

register = template.Library()


@register.inclusion_tag("partials/startup_profile.html")
def startup_profile(shown: Mapping[str, Any], documents_at: str = "") -> dict[str, Any]:
    """The profile from `access.profile`. `documents_at` is the URL name of the download, with startup and document ids. One query."""
    names = Area.objects.names()
    return {
        "shown": shown,
        "stage": Startup.Stage(shown["stage"]).label,
        "focus": words(shown["focus_areas"], names),
        "wanted": words(shown.get("expertise_wanted", ()), names),
        "documents": [{**one, "kind": Document.Kind(one["kind"]).label} for one in shown.get("documents", ())],
        "documents_at": documents_at,
    }


@register.filter
def words(codes: Iterable[str], names: Mapping[str, str]) -> list[str]:
    """The names of the areas behind the codes; codes that were retired are left out."""
    return [names[code] for code in codes if code in names]


@register.filter
def level_label(level: int) -> str:
    return str(Disclosure.Level(level).label)
