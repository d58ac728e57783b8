"""Asking before acting: one page that says what will happen and who will be told, and acts on POST."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from django.contrib import messages
from django.forms import CharField, Form, Textarea
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from incubator.lib.actor import Actor
from incubator.lib.clock import now
from incubator.lib.refusals import Invalid
from incubator.web import staff
from incubator.web.parts import Crumb, Words

ask_or_act = require_http_methods(["GET", "HEAD", "POST"])


class ReasonForm(Form):
    """Why; it stands in the history."""

    reason = CharField(label=_lazy("Reason"), max_length=1000, widget=Textarea(attrs={"rows": 3, "data-limit": 1000}))


class Stepping(Protocol):
    """A row with a state, as `outbox.Aggregate` is one."""

    def may_ever(self, actor: Actor, verb: str) -> bool: ...
    def verbs_for(self, actor: Actor) -> Sequence[str]: ...


def must_offer(row: Stepping, verb: str, request: HttpRequest, *, by: Actor) -> None:
    """404 unless the page of this step may be shown now.

    A POST may come from a page that has gone stale: it passes if the step is ever theirs, and the operation then says
    what happened meanwhile.
    """
    if not row.may_ever(by, verb) or (request.method != "POST" and verb not in row.verbs_for(by)):
        raise Http404


class Step(NamedTuple):
    """One step of a record: its button, the page that asks, and the operation behind both.

    `verb` is the machine's; the lines of `what` and `told` may name things of the record as `%(name)s`. The form's
    cleaned data are the operation's arguments.
    """

    verb: str
    title: Words
    what: tuple[Words, ...]
    take: Callable[..., object]
    told: tuple[Words, ...] = ()
    form: type[Form] | None = None
    danger: bool = False
    button: Words = ""
    done: Words = _lazy("Done.")
    icon: str = "arrow-right"


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: the body of a POST, even an empty one."""
    return request.POST if request.method == "POST" else None


def confirm(
    request: HttpRequest,
    *,
    title: Words,
    what: Sequence[Words],
    told: Sequence[Words],
    button: Words,
    act: Callable[[dict[str, Any], datetime], object],
    done: Words,
    back: str,
    crumbs: Sequence[Crumb],
    after: str = "",
    form: Form | None = None,
    danger: bool = False,
    layout: str = "",
    template: str = "staff/confirm.html",
    extra: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Ask; or on POST with a valid form call `act(cleaned data, now)`, say that it is `done`, and go `back`, or to `after` when
    the row can no longer be seen then.

    What the operation finds invalid is shown at its field with everything typed kept; other refusals are for
    `refusals_shown`. `layout` is a portal's base template; without it the page stands in the staff site, drawn by
    `template` with the `extra` values.
    """
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            act(form.cleaned_data if form else {}, now())
        except Invalid as refusal:
            if form is None:
                raise
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
        else:
            messages.success(request, str(done))
            return redirect(after or back)
    context = {"title": title, "what": what, "told": told, "button": button, "form": form, "danger": danger, "cancel_url": back, "crumbs": crumbs}
    status = 422 if form is not None and form.errors else 200
    if layout:
        return render(request, "partials/confirm.html", {**context, "layout": layout}, status=status)
    return staff.draw(request, template, {**context, **(extra or {})}, status=status)


def ask_step(
    request: HttpRequest,
    one: Step,
    row: object,
    *,
    by: Actor,
    back: str,
    crumbs: Sequence[Crumb],
    after: str = "",
    names: Mapping[str, object] | None = None,
    told: Sequence[Words] | None = None,
    layout: str = "",
    given: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The confirming page of one step of a row: `crumbs` lead to the row, `names` fill the lines, `told` stands for the
    step's own where it depends on the row, and `given` is what its form is made with."""

    def filled(lines: Sequence[Words]) -> list[Words]:
        return [str(line) % names for line in lines] if names else list(lines)

    return confirm(
        request,
        title=one.title,
        what=filled(one.what),
        told=filled(one.told if told is None else told),
        button=one.button or one.title,
        form=one.form(posted(request), **(given or {})) if one.form else None,
        danger=one.danger,
        act=lambda data, at: one.take(row, **data, by=by, at=at),
        done=one.done,
        back=back,
        after=after,
        crumbs=[*crumbs, Crumb(one.title)],
        layout=layout,
    )
