"""What is done with startups. Import the verbs from here: `from incubator.startups import operations as startups`."""

from incubator.startups.operations.disclosing import disclose, record_read, recording, revoke, set_visibility
from incubator.startups.operations.profile import (
    add_document,
    archive,
    create,
    edit,
    lacking,
    reinstate,
    remove_document,
    remove_person,
    request_changes,
    save_person,
    send_for_verification,
    suspend,
    verify,
)
from incubator.startups.operations.standing import set_park_stage, tie, untie

__all__ = [
    "add_document",
    "archive",
    "create",
    "disclose",
    "edit",
    "lacking",
    "record_read",
    "recording",
    "reinstate",
    "remove_document",
    "remove_person",
    "request_changes",
    "revoke",
    "save_person",
    "send_for_verification",
    "set_park_stage",
    "set_visibility",
    "suspend",
    "tie",
    "untie",
    "verify",
]
