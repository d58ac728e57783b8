"""What is done with offerings and requests: `from programmes.expertise import operations as expertise`."""

from programmes.expertise.operations.asking import MOST_OPEN, draft_request, edit_request, send, withdraw
from programmes.expertise.operations.clockwork import follow_up_due, remind_of_sessions
from programmes.expertise.operations.closing import close, show_code
from programmes.expertise.operations.offerings import draft_offering, edit_offering, pause, publish, resume, retire, send_back, submit
from programmes.expertise.operations.serving import accept, cancel_session, deliver, issue, log, move_session, no_show, schedule, turn_down
from programmes.expertise.operations.triage import decline, offer, triage

__all__ = [
    "MOST_OPEN",
    "accept",
    "cancel_session",
    "close",
    "decline",
    "deliver",
    "draft_offering",
    "draft_request",
    "edit_offering",
    "edit_request",
    "follow_up_due",
    "issue",
    "log",
    "move_session",
    "no_show",
    "offer",
    "pause",
    "publish",
    "remind_of_sessions",
    "resume",
    "retire",
    "schedule",
    "send",
    "send_back",
    "show_code",
    "submit",
    "triage",
    "turn_down",
    "withdraw",
]
