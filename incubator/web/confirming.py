"""Asking before acting: one page that says what will happen and who will be told, and acts on POST."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from incubator.lib.clock import now
from incubator.lib.refusals import Invalid
from incubator.web import staff
from incubator.web.parts import Crumb


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: the body of a POST, even an empty one."""
    return request.POST if request.method == "POST" else None


def confirm(
    request: HttpRequest,
    *,
    title: str,
    what: Sequence[str],
    told: Sequence[str],
    button: str,
    act: Callable[[dict[str, Any], datetime], object],
    done: str,
    back: str,
    crumbs: Sequence[Crumb],
    form: Form | None = None,
    danger: bool = False,
    layout: str = "",
    template: str = "staff/confirm.html",
    extra: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Ask; or on POST with a valid form call `act(cleaned data, now)`, say that it is `done`, and go `back`.

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
            messages.success(request, done)
            return redirect(back)
    context = {"title": title, "what": what, "told": told, "button": button, "form": form, "danger": danger, "cancel_url": back, "crumbs": crumbs}
    status = 422 if form is not None and form.errors else 200
    if layout:
        return render(request, "partials/confirm.html", {**context, "layout": layout}, status=status)
    return staff.draw(request, template, {**context, **(extra or {})}, status=status)
