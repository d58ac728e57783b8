"""What happened: one append-only row per event is the history, the audit trail and the outbox at once.

Layer: below every app with a state. Main operations: `transition` and `record`. Nobody sends a message from here;
notifications reads the rows and does.
"""
