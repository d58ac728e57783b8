"""What is done with partners and agreements. Import the verbs from here: `from incubator.partners import operations as partners`."""

from incubator.partners.operations.agreements import (
    draft_agreement,
    edit_agreement,
    expire_due,
    open_negotiation,
    remind_expiring,
    reopen,
    send_for_signature,
    sign,
    terminate,
)
from incubator.partners.operations.partners import activate, add, edit, end, explore, negotiate, rest

__all__ = [
    "activate",
    "add",
    "draft_agreement",
    "edit",
    "edit_agreement",
    "end",
    "expire_due",
    "explore",
    "negotiate",
    "open_negotiation",
    "remind_expiring",
    "reopen",
    "rest",
    "send_for_signature",
    "sign",
    "terminate",
]
