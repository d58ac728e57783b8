"""Programmes and calls as anybody sees them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.contrib.syndication.views import Feed
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from incubator.lib.actor import ANONYMOUS
from incubator.lib.clock import now
from incubator.startups.models import Area
from incubator.web import times
from incubator.web.parts import Crumb, chips
from programmes.catalogue import calls as in_time
from programmes.catalogue.models import Criterion, EligibilityRule, Intake, Programme
from programmes.forms.models import Question

if TYPE_CHECKING:
    from datetime import datetime

MOST = 100  # the park has about a dozen programmes


def focus_names() -> dict[str, str]:
    """The focus areas by code, in their order. One query."""
    return dict(Area.objects.filter(kind=Area.Kind.FOCUS).order_by("position", "pk").values_list("slug", "name"))


def described(programme: Any, names: dict[str, str], at: datetime) -> Any:
    """The programme with what its card shows: its call that counts, the last one, and its focus areas by name."""
    programme.current_call = in_time.current(programme.calls, at)
    programme.is_open = programme.current_call is not None and programme.current_call.is_accepting(at)
    programme.past_call = in_time.latest_past(programme.calls, at)
    programme.focus_names = [names[slug] for slug in programme.focus_areas if slug in names]
    return programme


@require_safe
def programmes(request: HttpRequest) -> HttpResponse:
    """All programmes, by focus area, by whether a call is open, and by words. Three queries."""
    at, names = now(), focus_names()
    found = Programme.objects.visible_to(ANONYMOUS).for_public_list().matching(request.GET.get("q", "")[:100])
    if request.GET.get("focus") in names:
        found = found.filter(focus_areas__contains=[request.GET["focus"]])
    if request.GET.get("call") == "open":
        found = found.open_now(at)
    filters = [
        chips(request, "call", [("open", _("Open now"))], label=_("Calls"), everything=_("All")),
        chips(request, "focus", list(names.items()), label=_("Focus"), everything=_("All")),
    ]
    context = {"programmes": [described(one, names, at) for one in found[:MOST]], "filters": filters}
    return render(request, "public/catalogue/programmes.html", context)


@require_safe
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    """One programme: who may apply, what is asked, how it is judged, what one gets, when one hears. At most six queries."""
    at = now()
    found = get_object_or_404(Programme.objects.visible_to(ANONYMOUS).for_public_list(), slug=slug)
    found = described(found, focus_names(), at)
    shown = found.current_call or found.past_call
    call = Intake.objects.filter(pk=shown.pk).prefetch_related(*_WITH_FORM_AND_RUBRIC).get() if shown else None
    context = {
        "programme": found,
        "call": call,
        "is_open": found.is_open,
        "is_announced": found.current_call is not None and not found.is_open,
        "sections": _sections(call),
        "rules": list(call.rules.all()) if call else [],
        "criteria": list(call.rubric.criteria.all()) if call and call.rubric else [],
        "crumbs": [Crumb(_("Programmes"), reverse("public:catalogue:programmes")), Crumb(found.title)],
    }
    return render(request, "public/catalogue/programme.html", context)


_WITH_FORM_AND_RUBRIC = (
    Prefetch("rules", queryset=EligibilityRule.objects.order_by("position", "pk")),
    Prefetch("rubric__criteria", queryset=Criterion.objects.order_by("position", "pk")),
    Prefetch("form_version__questions", queryset=Question.objects.order_by("position", "pk")),
)


def _sections(call: Intake | None) -> list[dict[str, Any]]:
    """The form's sections in order, each with its questions."""
    if call is None or call.form_version is None:
        return []
    by_key = {key: list(group) for key, group in groupby(sorted(call.form_version.questions.all(), key=_by_section), key=_by_section)}
    sections = [{**section, "questions": by_key.get(section["key"], [])} for section in call.form_version.sections]
    return [section for section in sections if section["questions"]]


def _by_section(question: Question) -> str:
    return question.section


@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """Every open and announced call by deadline, and the year as a drawing. One query."""
    at = now()
    known = Intake.objects.visible_to(ANONYMOUS).for_calls()
    accepting, announced = list(known.accepting(at).by_deadline()[:MOST]), list(known.upcoming(at).order_by("opens_at", "pk")[:MOST])
    context = {"now": at, "accepting": accepting, "announced": announced, "calendar": in_time.calendar([*accepting, *announced], at)}
    return render(request, "public/catalogue/calls.html", context)


class CallsFeed(Feed):  # type: ignore[type-arg]
    """Open and announced calls as Atom, the newest announcement first."""

    feed_type = Atom1Feed
    title = _("Calls for applications")
    subtitle = _("Open and announced calls of the park's programmes.")

    def link(self) -> str:
        return reverse("public:catalogue:calls")

    def items(self) -> list[Intake]:
        at = now()
        known = Intake.objects.visible_to(ANONYMOUS).for_calls()
        return list((known.accepting(at) | known.upcoming(at)).order_by("-opens_at", "-pk")[:MOST])

    def item_title(self, item: Any) -> str:
        return f"{item.programme.title}: {item.title}"

    def item_description(self, item: Any) -> str:
        words = {"tagline": item.programme.tagline, "opens": times.moment(item.opens_at), "closes": times.moment(item.closes_at)}
        return str(_("%(tagline)s Opens %(opens)s, closes %(closes)s.") % words)

    def item_link(self, item: Any) -> str:
        return reverse("public:catalogue:programme", args=[item.programme.slug])

    def item_guid(self, item: Any) -> str:
        return f"urn:uuid:{item.pk}"

    item_guid_is_permalink = False

    def item_updateddate(self, item: Any) -> datetime:
        updated: datetime = item.updated_at
        return updated
