"""What each audience of a review's events may know."""

from __future__ import annotations

from typing import Any

from incubator.outbox.operations import Tell
from incubator.web import times
from programmes.applications.models import Application
from programmes.reviews.models import Assignment


def facts(assignment: Assignment) -> dict[str, Any]:
    """What insiders may know of any event about an assignment. Needs `reviewer` and `application.startup`."""
    return {"application": assignment.application_id, "reference": assignment.application.reference, "reviewer": assignment.reviewer.name}


def reviewer(assignment: Assignment, **more: Any) -> Tell:
    """Tell the reviewer: which application of which startup, and by when."""
    known = {
        "reference": assignment.application.reference,
        "startup": assignment.application.startup.name,
        "intake": assignment.application.intake.title,
        "due_on": times.day(assignment.due_on),
    }
    return Tell("reviewer", {**known, **more}, users=(assignment.reviewer_id,))


def staff(assignment: Assignment, **more: Any) -> Tell:
    """Tell the officers, in the park."""
    known = {**facts(assignment), "startup": assignment.application.startup.name}
    return Tell("staff", {**known, **more}, organisation_kind="park", roles=("officer", "manager"))


def founder(application: Application, **more: Any) -> Tell:
    known = {"reference": application.reference, "intake": application.intake.title, "startup": application.startup.name}
    return Tell("founder", {**known, **more}, organisation=application.startup.organisation_id, roles=("founder", "member"))
