"""Interests of investors in rounds: declared, consented by the founder, introduced.

Layer: above rounds. Main operations: `watch`, `indicate`, `consent`, `decline`.
"""
