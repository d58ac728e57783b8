"""Light, dark, or as the device says: the reader's choice, kept in a cookie that the server reads."""

from django.http import HttpRequest

COOKIE = "theme"
CHOICES = ("auto", "light", "dark")


def chosen(request: HttpRequest) -> str:
    """The reader's choice; `auto` when there is none or it is not one of ours."""
    choice = request.COOKIES.get(COOKIE, "auto")
    return choice if choice in CHOICES else "auto"
