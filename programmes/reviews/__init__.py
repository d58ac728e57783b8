"""Reviews: who reads which application, what they score, what the institution determines.

Layer: above applications, below cohorts. Main operations: `assign`, `save_draft`, `submit`, `determine`.
"""
