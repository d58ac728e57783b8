"""Applications: a startup's answers to an intake, from the first draft to the end.

Layer: above catalogue, below reviews. Main operations: `start`, `submit`, `screen`, `ask_for_information`.
"""
