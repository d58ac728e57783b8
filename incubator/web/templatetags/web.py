"""`{% load web %}`: icons, times, money, status, and the parts of a page. Each is shown in docs/frontend.md."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from importlib import resources
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from django import template
from django.forms import BaseForm, BoundField
from django.template.context import RequestContext
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from incubator.lib import clock
from incubator.web import markdown, navigation, times
from incubator.web.parts import Action, Chips, Crumb, Fact, Next, Stat, Words

register = template.Library()

FAMILY_ICONS = {
    "waiting": "hourglass-high",
    "under_way": "progress",
    "good": "circle-check",
    "bad": "circle-x",
    "rest": "circle-minus",
}
# First match wins: Edge and Opera also call themselves Chrome, and everybody calls themselves Safari.
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))
CURRENCY_SIGNS = {"HKD": "HK$", "USD": "US$", "EUR": "€", "GBP": "£", "CNY": "CN¥", "SGD": "S$", "JPY": "JP¥"}


# ── Words and figures ───────────────────────────────────────────────────────
@register.simple_tag
def icon(name: str, size: int = 18, label: str = "") -> SafeString:
    """A Tabler outline icon, hidden from screen readers unless it is given a label. Fails for a name there is none of."""
    return _draw_icon(str(name), size, str(label))


@cache
def _icons() -> ZipFile:
    """The package's archive with its six thousand icons, opened once; its own tag lists them anew for each."""
    return ZipFile(BytesIO(resources.files("tablericons").joinpath("tablericons.zip").read_bytes()))


@lru_cache(maxsize=512)
def _draw_icon(name: str, size: int, label: str) -> SafeString:
    drawing = " ".join(_icons().read(f"{name if '/' in name else f'outline/{name}'}.svg").decode().split())
    meaning = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    for old, new in (('xmlns="http://www.w3.org/2000/svg"', f'class="icon" {meaning}'), ('width="24"', f'width="{size}"'), ('height="24"', f'height="{size}"')):
        drawing = drawing.replace(old, new, 1)
    return mark_safe(drawing)  # noqa: S308 - a file of the package; the label is escaped


@register.filter(name="markdown")
def as_markdown(text: str) -> SafeString:
    """Markdown as safe HTML; the block around it wears `class="prose"`."""
    return markdown.render(text or "")


@register.filter
def moment(at: datetime | None) -> SafeString | str:
    """An instant with its zone, as a <time> element; empty for none."""
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), times.moment(at)) if at else ""


@register.filter
def deadline(at: datetime | None) -> SafeString | str:
    """An instant with its zone and how far away it is."""
    if not at:
        return ""
    left = times.distance(at, clock.now())
    return format_html('<time datetime="{}">{} ({})</time>', at.isoformat(), times.moment(at), left)


@register.filter
def ago(at: datetime | None) -> SafeString | str:
    """Only how far away an instant is; the instant itself is in the title."""
    if not at:
        return ""
    left = times.distance(at, clock.now())
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), times.moment(at), left)


@register.filter
def day(on: date | None) -> SafeString | str:
    """A calendar day as a <time> element; an instant is shown as the day it has in the park's zone."""
    if not on:
        return ""
    plain = timezone.localdate(on) if isinstance(on, datetime) else on
    return format_html('<time datetime="{}">{}</time>', plain.isoformat(), times.day(plain))


@register.filter
def money(amount: Decimal | int | None, currency: str = "HKD") -> SafeString | str:
    """HK$ 1,200,000: grouped, cents only where there are any, the sign of the currency or its code."""
    if amount is None:
        return ""
    value = Decimal(amount)
    places = 0 if value == value.to_integral_value() else 2
    figures = number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True)
    return format_html('<span class="money">{}\u00a0{}</span>', CURRENCY_SIGNS.get(currency, currency), figures)


@register.inclusion_tag("partials/status.html")
def status(row: Any, audience: str = "staff") -> dict[str, Any]:
    """The state of a row as this audience may know it: word, icon and colour.

    Reads `row.machine`; a row that hides states from outsiders says in `outside_status` which one they may know.
    States that share an outside label share the look of the first of them, so that colour tells no more than words.
    """
    machine = row.machine
    state = getattr(row, machine.field)
    if audience != "staff":
        state = getattr(row, "outside_status", state)
    label = str(machine.label(state, audience))
    if audience != "staff":
        state = next(one for one in machine.states.values if str(machine.label(one, audience)) == label)
    return badge(label, str(machine.family(state)))


@register.inclusion_tag("partials/status.html")
def badge(label: Words, family: str = "rest") -> dict[str, Any]:
    """A badge that is no state of a machine: any word in the look of one of the five families."""
    return {"label": label, "family": family, "icon": FAMILY_ICONS[family]}


@register.filter
def browser(user_agent: str) -> str:
    """Chrome on Linux: what a person recognises in a browser's name of itself."""
    program = next((name for sign, name in BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "")
    if program and system:
        return _("%(browser)s on %(system)s") % {"browser": program, "system": system}
    return program or system or _("Unknown browser")


# ── Parts of a page ─────────────────────────────────────────────────────────
@register.inclusion_tag("partials/what_next.html")
def what_next(next: Next | None) -> dict[str, Any]:
    """The box that says what happens next; nothing for None."""
    return {"next": next, "is_instant": isinstance(getattr(next, "expected", None), datetime)}


@register.inclusion_tag("partials/timeline.html")
def timeline(entries: Sequence[Any]) -> dict[str, Any]:
    """History, newest first, as `outbox.timeline.timeline()` gives it."""
    return {"entries": entries}


@register.inclusion_tag("partials/breadcrumbs.html")
def breadcrumbs(crumbs: Sequence[Crumb]) -> dict[str, Any]:
    """The way to this page, above its title."""
    return {"crumbs": crumbs}


@register.inclusion_tag("partials/actions_menu.html", takes_context=True)
def actions_menu(context: RequestContext, actions: Sequence[Action], label: str = "") -> dict[str, Any]:
    """The actions that are not the main one, behind one button; nothing when there are none."""
    return {"actions": actions, "label": label or _("More actions"), "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("partials/action.html", takes_context=True)
def action(context: RequestContext, action: Action, kind: str = "primary") -> dict[str, Any]:
    """One action as a button: a link, or a form that posts. `kind` is primary, secondary or danger."""
    return {"action": action, "kind": "danger" if action.danger else kind, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("partials/empty_state.html", takes_context=True)
def empty_state(context: RequestContext, title: str, text: str = "", icon: str = "inbox", action: Action | None = None) -> dict[str, Any]:
    """What would be here, and how to get it."""
    return {"title": title, "text": text, "icon": icon, "action": action, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("partials/facts.html")
def facts(facts: Sequence[Fact], columns: bool = False) -> dict[str, Any]:
    """A definition list."""
    return {"facts": facts, "columns": columns}


@register.inclusion_tag("partials/stats.html")
def stats(stats: Sequence[Stat]) -> dict[str, Any]:
    """At most five figures, each a link to the rows behind it."""
    return {"stats": stats}


@register.inclusion_tag("partials/progress.html")
def progress(done: int, total: int, label: str) -> dict[str, Any]:
    """A bar with its words: `label` and "3 of 8"."""
    return {"done": done, "total": total, "label": label}


@register.inclusion_tag("partials/search_bar.html", takes_context=True)
def search_bar(context: RequestContext, label: str, target: str = "#rows") -> dict[str, Any]:
    """A search field `?q=` that works as a plain form and, with htmx, replaces `target` while one types."""
    request = context["request"]
    kept = [(name, value) for name, value in request.GET.items() if name not in {"q", "after"}]
    return {"label": label, "target": target, "q": request.GET.get("q", ""), "kept": kept, "path": request.path}


@register.inclusion_tag("partials/chips.html")
def filter_chips(*groups: Chips) -> dict[str, Any]:
    """Filters of a list as links; made by `parts.chips`."""
    return {"groups": groups}


@register.inclusion_tag("partials/pager.html", takes_context=True)
def pager(context: RequestContext, page: Any) -> dict[str, Any]:
    """Newer and older, for a page made by `web.paging.page`."""
    return {"page": page, "request": context["request"]}


@register.inclusion_tag("partials/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """What is wrong with the form, each line a link to its field; nothing when all is well."""
    return {"form": form, "fields": [field for field in form if field.errors] if form.is_bound else []}


@register.inclusion_tag("partials/nav.html", takes_context=True)
def portal_navigation(context: RequestContext, portal: str, label: str = "") -> dict[str, Any]:
    """The lines of a portal's navigation that this reader may follow."""
    request = context.get("request")
    return {"links": navigation.links(request, portal) if request else [], "label": label or _("Main")}


@register.filter
def limit(field: BoundField) -> int | None:
    """The number of characters a field may hold, where its widget counts them (`data-limit`)."""
    found: int | None = field.field.widget.attrs.get("data-limit")
    return found


@register.simple_tag
def initials(name: object) -> str:
    """Two letters for an avatar."""
    words = str(name).replace("@", " ").split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words[:1])).upper()
