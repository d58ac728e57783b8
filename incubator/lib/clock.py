"""The time, asked for in one place so that tests can move it."""

from datetime import date, datetime, timedelta

from django.utils import timezone


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return timezone.now()


def today() -> date:
    """The current day in the park's time zone."""
    return timezone.localdate()


def add_working_days(start: date, days: int) -> date:
    """The day `days` working days (Monday to Friday) after `start`. Public holidays count as working days."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() < 5:
            days -= 1
    return day
