"""Forms as data: versions with questions, the answers people give, and the revisions frozen when they send them.

Layer: lowest of programmes; used by intakes and challenges alike. Main operations: `save_answer`, `freeze`.
"""
