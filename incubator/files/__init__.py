"""Files people send in: kept outside the web root under random names, known by their hash and real type.

Layer: above outbox, below accounts. Who may read a file is decided by the app that refers to it; this app stores,
checks and streams. Main operation: `store`.
"""
