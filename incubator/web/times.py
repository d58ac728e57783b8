"""Instants and days in words: always with the zone, and for deadlines with the time left."""

from datetime import date, datetime, timedelta
from math import floor

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def moment(at: datetime) -> str:
    """15 December 2026, 17:00 HKT."""
    local = timezone.localtime(at)
    return f"{date_format(local, 'j F Y, H:i')} {local.tzname()}"


def day(on: date) -> str:
    """15 December 2026."""
    return date_format(timezone.localdate(on) if isinstance(on, datetime) else on, "j F Y")


def local_day(at: datetime) -> date:
    """The day an instant falls on in the park's time zone."""
    return timezone.localdate(at)


def distance(at: datetime, now: datetime) -> str:
    """in 3 weeks, 2 hours ago, now."""
    span = at - now
    amount = _amount(abs(span))
    if amount is None:
        return _("now")
    if span > timedelta(0):
        return _("in %(amount)s") % {"amount": amount}
    return _("%(amount)s ago") % {"amount": amount}


def _amount(span: timedelta) -> str | None:
    """The span in its largest fitting unit, rounded down so that nobody is promised more time than there is."""
    seconds = span.total_seconds()
    if seconds < MINUTE:
        return None
    if seconds < HOUR:
        n = floor(seconds / MINUTE)
        return ngettext("%(n)d minute", "%(n)d minutes", n) % {"n": n}
    if seconds < 2 * DAY:
        n = floor(seconds / HOUR)
        return ngettext("%(n)d hour", "%(n)d hours", n) % {"n": n}
    days = floor(seconds / DAY)
    if days < 14:
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    if days < 61:
        n = days // 7
        return ngettext("%(n)d week", "%(n)d weeks", n) % {"n": n}
    if days < 730:
        n = days // 30
        return ngettext("%(n)d month", "%(n)d months", n) % {"n": n}
    n = days // 365
    return ngettext("%(n)d year", "%(n)d years", n) % {"n": n}
