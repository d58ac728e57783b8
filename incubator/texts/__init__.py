"""The words of messages as the park's staff wrote them, kind by kind, audience by audience, language by language.

Layer: between accounts and notifications, which puts the words into messages. Main operations: `write`, `reset`.
"""
