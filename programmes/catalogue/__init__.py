"""Programmes and their intakes: what is on offer, when one may apply, who is eligible and how it is judged.

Layer: above forms, below applications. Main operations: `schedule`, `open`, `close`.
"""
