"""Partners of the park and the agreements signed with them; an agreement decides whether a partner has access.

Layer: beside startups, above accounts. Main operations: `sign`, `activate`, `terminate`.
"""
