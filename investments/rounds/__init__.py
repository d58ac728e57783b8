"""Funding rounds of startups, from the founder's draft to the listing.

Layer: above investors, below interests. Main operations: `draft`, `send_for_review`, `list_round`.
"""
