"""One machine, nothing installed: real Postgres and Redis from wheels, a mail sink, and the supervisor behind `make run`.

Imports no app, and no app imports it. `python -m incubator.embedded --help` lists what it does.
"""
