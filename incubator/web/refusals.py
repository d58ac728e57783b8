"""Refusals on pages: the operation says no, the reader sees why on the page they came from, nothing was changed."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

import psycopg2
from django.contrib import messages
from django.db import DatabaseError, OperationalError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from incubator.lib.refusals import Refusal
from incubator.web.returning import is_ours

P = ParamSpec("P")
Request = TypeVar("Request", bound=HttpRequest)


# What the database says when somebody else holds a row for too long, or two wait for each other.
LOCK_NOT_AVAILABLE, DEADLOCK = "55P03", "40P01"


# What it says when it takes no writes, has no room or is on its way down or up.
UNAVAILABLE = frozenset({"57014", "25006", "53100", "53300", "57P01", "57P02", "57P03"})


class Busy(Refusal):
    code = "busy"
    message = _("Many people are doing this at the same moment. Nothing was changed; try again.")


def is_busy(error: object) -> bool:
    """Whether an error of the database only means that others were there first."""
    return isinstance(error, OperationalError) and getattr(error.__cause__, "pgcode", "") in (LOCK_NOT_AVAILABLE, DEADLOCK)


def is_unavailable(error: object) -> bool:
    """Whether the database could not do anything for anybody at that moment, its connection included."""
    cause = error.__cause__ if isinstance(error, DatabaseError) else None
    if not isinstance(cause, psycopg2.Error):
        return False
    return cause.pgcode in UNAVAILABLE or (not cause.pgcode and isinstance(cause, (psycopg2.OperationalError, psycopg2.InterfaceError)))


def refusals_shown(view: Callable[Concatenate[Request, P], HttpResponseBase]) -> Callable[Concatenate[Request, P], HttpResponseBase]:
    """Decorate a view whose operation may refuse: `shown` answers for it. Stands below the portal's decorator."""

    @wraps(view)
    def inner(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            return shown(request, refusal)
        except OperationalError as error:
            if not is_busy(error):
                raise
            return shown(request, Busy())

    return inner


def shown(request: HttpRequest, refusal: Refusal, *, back: str = "") -> HttpResponse:
    """The refusal as a message: on the page at `back` or the one the reader came from.

    For htmx the message alone, with the refusal's own status; what is on the page stays. Where there is no page to
    go back to, a page of its own.
    """
    if is_htmx(request):
        return only_message(request, str(refusal.message), status=refusal.status)
    back = back or request.META.get("HTTP_REFERER", "")
    if is_ours(request, back):
        messages.error(request, str(refusal.message))
        return redirect(back)
    return render(request, "refused.html", {"refusal": refusal}, status=refusal.status)


def on_form(form: BaseForm, refusal: Refusal) -> None:
    """Show the refusal on the form: at the field it names, else at the top."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))


def is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def only_message(request: HttpRequest, text: str, *, status: int) -> HttpResponse:
    """For htmx: show an error among the messages and leave the rest of the page as it is."""
    response = render(request, "partials/messages_now.html", {"text": text}, status=status)
    response["HX-Reswap"] = "none"
    return response
