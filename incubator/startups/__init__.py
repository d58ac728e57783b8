"""Startups and park companies: the profile every application reuses, and what each outsider may see of it.

Layer: beside partners, above accounts. Main operations: `create`, `edit`, `disclose`, `revoke`, `set_visibility`.
"""
