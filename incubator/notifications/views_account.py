"""What reaches a person, the same for all of their portals."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from incubator.accounts import actors
from incubator.accounts.models import User
from incubator.notifications import catalogue


@never_cache
@login_required
@require_safe
def reaching_me(request: HttpRequest) -> HttpResponse:
    """Every kind of message that one's roles may bring, why, and through which channels."""
    assert isinstance(request.user, User)
    found = catalogue.reaching(actors.portals_of(request.user))
    return render(request, "account/notices.html", {"groups": catalogue.by_subject(found)})
