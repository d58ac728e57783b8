"""The one look: page parts, template tags, static files, admin base classes, paging, refusals on pages.

No models. Layer: just above `lib`, beside `outbox`; every app may use it. Described in docs/frontend.md.
"""
