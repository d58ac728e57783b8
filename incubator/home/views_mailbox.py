"""The demo's mailbox: all mail of a park that mails nobody, read from the folder its mail server writes to."""

from __future__ import annotations

import email.policy
import mailbox
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from functools import wraps
from pathlib import Path

from csp.constants import SELF
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from incubator.web.parts import Crumb

SHOWN = 100
# The HTML of a mail runs nothing, loads nothing, and shows in our own frame only; a click may lead the whole page on.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation"

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it lies in the folder; `content` is read only for the one that is opened."""

    key: str
    at: datetime
    content: EmailMessage


def demo_only(view: View) -> View:
    """Outside of the demo there is no such page."""

    @wraps(view)
    def inner(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return never_cache(require_safe(inner))


@demo_only
def index(request: HttpRequest) -> HttpResponse:
    """The newest hundred mails, or those to one address (`?to=`)."""
    wanted = request.GET.get("to", "").strip().lower()
    mails = []
    for path in _newest():
        mail = _read(path, headers_only=True)
        if not wanted or wanted in str(mail.content["to"]).lower():
            mails.append(mail)
        if len(mails) == SHOWN:
            break
    return render(request, "home/mailbox.html", {"mails": mails, "to": wanted, "crumbs": [Crumb(_("Mailbox"))]})


@demo_only
def mail(request: HttpRequest, key: str) -> HttpResponse:
    """One mail: its text, and its HTML in a frame of its own."""
    found = _read(_path(key))
    text = found.content.get_body(("plain",))
    crumbs = [Crumb(_("Mailbox"), "/mailbox/"), Crumb(str(found.content["subject"]))]
    context = {"mail": found, "text": text.get_content() if text else "", "has_html": found.content.get_body(("html",)) is not None, "crumbs": crumbs}
    response = render(request, "home/mail.html", context)
    response._csp_update = {"frame-src": [SELF]}  # type: ignore[attr-defined]
    return response


@demo_only
@xframe_options_sameorigin
def html(request: HttpRequest, key: str) -> HttpResponse:
    """The HTML part alone, under a policy that leaves nothing but words and colours."""
    part = _read(_path(key)).content.get_body(("html",))
    if part is None:
        raise Http404
    body = part.get_content().replace("<head>", '<head><base target="_top">', 1)
    return HttpResponse(body, headers={"Content-Security-Policy": MAIL_POLICY})


def _newest() -> list[Path]:
    folder = Path(settings.MAILDIR)
    found = [path for name in ("new", "cur") for path in (folder / name).glob("*")]
    return sorted(found, key=lambda path: path.stat().st_mtime_ns, reverse=True)


def _path(key: str) -> Path:
    """The file of a mail; its key is looked up, never joined to a path."""
    for path in _newest():
        if _key(path) == key:
            return path
    raise Http404


def _key(path: Path) -> str:
    return path.name.partition(mailbox.Maildir.colon)[0]


def _read(path: Path, *, headers_only: bool = False) -> Mail:
    with path.open("rb") as file:
        content = BytesParser(policy=email.policy.default).parse(file, headersonly=headers_only)
    at = datetime.fromtimestamp(path.stat().st_mtime, tz=timezone.get_default_timezone())
    return Mail(_key(path), at, content)
