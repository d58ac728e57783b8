"""What staff announce to many: written, scheduled, sent, stopped.

Layer: between accounts and notifications. Main operations: `draft`, `schedule`, `send_now`, `send_due`. Recording that it
is sent tells everybody of its audience, in chunks; how far that is and how to stop it stand in notifications.
"""
