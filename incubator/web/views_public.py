"""The theme choice."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from incubator.web import theme
from incubator.web.returning import is_ours

YEAR = 365 * 24 * 3600


# Exempt: the worst a foreign page can do is to turn the lights off, and public pages stay free of per-reader tokens.
@csrf_exempt
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Remember the choice for a year and go back to the page it was made on."""
    back = request.META.get("HTTP_REFERER", "")
    if not is_ours(request, back):
        back = "/"
    response = redirect(back)
    choice = request.POST.get("theme", "")
    if choice in theme.CHOICES:
        response.set_cookie(theme.COOKIE, choice, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response
