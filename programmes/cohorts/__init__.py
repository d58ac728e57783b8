"""Offers, cohorts and membership: the release of an intake, and what follows an acceptance.

Layer: above reviews. Main operations: `release`, `accept`, `decline`.
"""
