"""Who outside the staff may read an application. Called by reviews, which knows why."""

from __future__ import annotations

from uuid import UUID

from programmes.applications.models import Application, Reader


def allow_reading(application: Application, *, user_id: UUID) -> None:
    """Let somebody read the application. A person who is barred stays barred."""
    Reader.objects.get_or_create(application=application, user_id=user_id)


def stop_reading(application: Application, *, user_id: UUID) -> None:
    """Take the reading back, without barring the person for good."""
    Reader.objects.filter(application=application, user_id=user_id, is_barred=False).delete()


def bar(application: Application, *, user_id: UUID) -> None:
    """Close the application to somebody for good, staff included: a conflict of interest."""
    Reader.objects.update_or_create(application=application, user_id=user_id, defaults={"is_barred": True})
