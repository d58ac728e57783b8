"""Arithmetic of a month: which one a day belongs to, and what an offering has left in it."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def month_of(day: date) -> date:
    """The first day of its month: the name under which capacity is taken."""
    return day.replace(day=1)


def amount_in_words(amount: int, *, coded: bool) -> str:
    """12 hours, 1 code."""
    if coded:
        return ngettext("%(n)d code", "%(n)d codes", amount) % {"n": amount}
    return ngettext("%(n)d hour", "%(n)d hours", amount) % {"n": amount}


def free_in_words(free: int, capacity: int, *, coded: bool) -> str:
    if free <= 0:
        return _("Full this month")
    whole = amount_in_words(capacity, coded=coded)
    return _("Has %(free)d of %(whole)s free this month") % {"free": free, "whole": whole}
