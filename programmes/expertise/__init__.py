"""Expertise of partners: what they offer, what startups ask for, the sessions that are held.

Layer: beside cohorts, above reviews. Main operations: `publish`, `send`, `offer`, `accept`, `schedule`, `deliver`, `close`.
"""
