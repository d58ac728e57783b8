"""People, the organisations they act for, what they may be there, and the credentials of machines.

Layer: above files and outbox, below startups and partners. Main operations: `invite`, `join`, `found`, `issue_key`.
"""
