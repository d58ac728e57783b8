"""Telling people and systems: in the inbox, by e-mail, by webhook. At least once, in time, and only to who may know.

Layer: beside startups and partners, above accounts; imports neither. Nobody calls it: it reads the outbox's events.
Main parts: `fanout` (event -> deliveries), `ringing` (due rows -> Celery), `delivering` (claim, send, finish). The
design, its guarantees and how to add a message are in docs/delivery.md.
"""
