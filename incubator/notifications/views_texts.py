"""The words of messages, written by staff: with the names there are, a preview, versions, and the way back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from incubator.accounts.access import PortalRequest, portal
from incubator.lib.clock import now
from incubator.lib.refusals import Invalid
from incubator.notifications import rendering, wording
from incubator.notifications.catalogue import Entry
from incubator.notifications.forms_texts import TextForm
from incubator.outbox.models import Event
from incubator.texts import access
from incubator.texts import operations as texts
from incubator.texts.models import MessageText
from incubator.web import staff
from incubator.web.confirming import ask_or_act, confirm
from incubator.web.parts import Crumb, chips
from incubator.web.refusals import refusals_shown

VERSIONS_SHOWN = 20


@portal("staff")
@require_http_methods(["GET", "HEAD", "POST"])
@refusals_shown
def text(request: PortalRequest, kind: str, audience: str) -> HttpResponse:
    """One text in one language: to write, to look at, to send to oneself."""
    entry, language = _entry(request, kind, audience), _language(request)
    found = MessageText.objects.visible_to(request.actor).versions_of(kind, audience, language).first()
    form = TextForm(request.POST) if request.method == "POST" else TextForm(initial=_initial(request, entry, found))
    if request.method == "POST" and form.is_valid():
        try:
            if "look" in request.POST or "try" in request.POST:
                texts.check(**form.cleaned_data, names=wording.of(entry).names)
            if "try" in request.POST:
                shown = _shown(request, entry, form.cleaned_data)
                texts.send_to_self(kind, audience, subject=shown.subject, paragraphs=shown.paragraphs, by=request.actor, at=now())
                messages.success(request, _("It is on its way to you. Nobody else gets it."))
            elif "look" not in request.POST:
                texts.write(kind, audience, language, **form.cleaned_data, names=wording.of(entry).names, by=request.actor, at=now())
                messages.success(request, _("Saved. It is used from the next message on."))
                return redirect(f"{request.path}?language={language}")
        except Invalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
    return staff.draw(request, "staff/notifications/text.html", _context(request, entry, language, found, form), status=422 if form.errors else 200)


def _context(request: PortalRequest, entry: Entry, language: str, found: MessageText | None, form: TextForm) -> dict[str, Any]:
    code = wording.of(entry)
    used = found if found is not None and found.is_used else None
    current = (used.subject, used.body) if used else (code.subject, code.body)
    here = reverse("staff:notifications:kinds")
    return {
        "title": entry.label,
        "crumbs": [Crumb(_("What is told to whom"), here), Crumb(entry.label)],
        "entry": entry,
        "language": language,
        "languages": chips(request, "language", settings.TEXT_LANGUAGES[1:], label=_("Language"), everything=settings.TEXT_LANGUAGES[0][1]),
        "form": form,
        "code": code,
        "used": used,
        "why_not": wording.why_not(entry.kind),
        "difference": list(wording.difference(f"{code.subject}\n\n{code.body}", f"{current[0]}\n\n{current[1]}")) if used else [],
        "versions": Event.objects.about(found.pk)[:VERSIONS_SHOWN] if found else [],
        "reset_url": reverse("staff:notifications:reset-text", args=[entry.kind.name, entry.audience]),
        "preview_url": reverse("staff:notifications:preview-text", args=[entry.kind.name, entry.audience]),
        **_preview(request, entry, form),
    }


@portal("staff")
@require_POST
def preview(request: PortalRequest, kind: str, audience: str) -> HttpResponse:
    """How what stands in the form would read, for htmx; nothing is stored."""
    entry, form = _entry(request, kind, audience), TextForm(request.POST)
    if form.is_valid():
        try:
            texts.check(**form.cleaned_data, names=wording.of(entry).names)
        except Invalid as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.message))
    return staff.fragment(request, "staff/notifications/_text_preview.html", {"form": form, **_preview(request, entry, form)})


@portal("staff")
@ask_or_act
@refusals_shown
def reset(request: PortalRequest, kind: str, audience: str) -> HttpResponse:
    """Back to the words of the code, after asking."""
    entry, language = _entry(request, kind, audience), _language(request)
    found = MessageText.objects.visible_to(request.actor).used().versions_of(kind, audience, language).first()
    if found is None:
        raise Http404
    back = f"{reverse('staff:notifications:text', args=[kind, audience])}?language={language}"
    return confirm(
        request,
        title=_("Go back to the text of the code?"),
        what=[_("From the next message on, people read what the code says."), _("Your versions are kept; you can take each of them up again.")],
        told=[_("Nobody.")],
        button=_("Use the text of the code"),
        act=lambda _data, at: texts.reset(found, by=request.actor, at=at),
        done=_("The text of the code is used again."),
        back=back,
        crumbs=[Crumb(entry.label, back), Crumb(_("Reset"))],
    )


# ── Parts ───────────────────────────────────────────────────────────────────
def _entry(request: PortalRequest, kind: str, audience: str) -> Entry:
    entry = wording.find(kind, audience) if access.may_write(request.actor) else None
    if entry is None or (request.method == "POST" and wording.why_not(entry.kind)):
        raise Http404
    return entry


def _language(request: PortalRequest) -> str:
    asked = request.GET.get("language") or settings.LANGUAGE_CODE
    if asked not in dict(settings.TEXT_LANGUAGES):
        raise Http404
    return asked


def _initial(request: PortalRequest, entry: Entry, found: MessageText | None) -> dict[str, str]:
    """The words in use, those of the version that is asked for, or those of the code."""
    version = request.GET.get("version", "")
    if version and found is not None:
        try:
            facts = Event.objects.about(found.pk).filter(pk=UUID(version), kind="texts.written").values_list("facts", flat=True).first()
        except ValueError:
            facts = None
        if facts is None:
            raise Http404
        return {"subject": facts["subject"], "body": facts["body"]}
    if found is not None and found.is_used:
        return {"subject": found.subject, "body": found.body}
    return {"subject": wording.of(entry).subject, "body": wording.of(entry).body}


def _shown(request: PortalRequest, entry: Entry, words: dict[str, str]) -> rendering.Message:
    facts, _real = wording.example(entry)
    made = rendering.compose(entry.kind, entry.audience, facts, organisation_name="Lumen Pay", link=settings.BASE_URL, own=(words["subject"], words["body"]))
    return made.for_person(request.user.name)


def _preview(request: PortalRequest, entry: Entry, form: TextForm) -> dict[str, Any]:
    """The message as the words in the form make it; nothing while they cannot be used."""
    if wording.why_not(entry.kind) or form.errors:
        return {"shown": None, "is_real": False}
    words = form.cleaned_data if form.is_bound else {name: str(form.initial[name]) for name in ("subject", "body")}
    return {"shown": _shown(request, entry, words), "is_real": wording.example(entry)[1]}
