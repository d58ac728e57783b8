"""Pure Python that every app may use: the actor protocol, state machines, refusals, the clock, identifiers.

No models, no imports of any app. Lowest layer.
"""
