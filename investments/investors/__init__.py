"""Investor profiles of organisations, and whether the park has verified them.

Layer: lowest of investments. Main operations: `register`, `verify`.
"""
