"""What reaches a person, the same for all of their portals; and the link of a mail that switches its kind off."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from incubator.accounts import actors
from incubator.accounts.models import User
from incubator.lib.clock import now
from incubator.notifications import bounces, catalogue, choosing
from incubator.notifications.forms_account import NoticesForm
from incubator.web.refusals import refusals_shown


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@refusals_shown
def reaching_me(request: HttpRequest) -> HttpResponse:
    """Every kind of message that one's roles may bring, why, and how one wants it."""
    user = get_object_or_404(User, pk=request.user.pk)
    found = catalogue.reaching(actors.portals_of(user))
    form = NoticesForm(request.POST or None, found=found, chosen=choosing.chosen_by(user.pk), quiet=choosing.quiet_of(user.pk))
    if request.method == "POST" and form.is_valid():
        choosing.choose(user, form.choices(), quiet=form.quiet(), by=actors.acting_for(user, None, frozenset()), at=now())
        messages.success(request, _("Saved. It holds from the next message on."))
        return redirect("notices:mine")
    context = {"form": form, "person": user, "refused": bounces.marked_for(user)}
    return render(request, "account/notices.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def works_again(request: HttpRequest) -> HttpResponse:
    """An address of one's own that refused mail gets mail again."""
    user = get_object_or_404(User, pk=request.user.pk)
    if not bounces.lift(user, by=actors.acting_for(user, None, frozenset()), at=now()):
        raise Http404
    messages.success(request, _("Mail goes there again from now on."))
    return redirect("notices:mine")


@csrf_exempt  # the token says who asks for what; mail programs send no cookies (RFC 8058)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def switch_off(request: HttpRequest, token: str) -> HttpResponse:
    """No more mails of one kind, without signing in. Looking changes nothing: scanners follow every link of a mail."""
    about = choosing.behind(token)
    if about is None:
        raise Http404
    user, entry = about
    if request.method == "POST":
        change = choosing.resubscribe if "undo" in request.POST else choosing.unsubscribe
        change(user, entry.kind, at=now())
        if "List-Unsubscribe" in request.POST:
            return HttpResponse(status=204)
    return render(request, "account/unsubscribe.html", {"entry": entry, "is_off": choosing.is_off(user, entry.kind), "undone": "undo" in request.POST})
