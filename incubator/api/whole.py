"""A whole answer in one statement: whether the credential is still what it was, the rows, and the record that they were shown.

One moment of the database decides about all three. Whoever was shut out before it is shown nothing, and nothing is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from incubator.api.authentication import PROOF_TYPES, PROOFS, Proof
from incubator.lib.clock import now
from incubator.lib.prepared import Prepared
from incubator.lib.statements import Statement, again_if_closed

TYPES = {**PROOF_TYPES, "read_id": "uuid", "reader": "uuid", "_now": "timestamptz"}


class CredentialChanged(Exception):
    """The credential is no longer what it was when it was read: read it again."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The representations, joined by commas; how many; whether there are more; the edition; the other columns of the last one."""

    texts: str
    number: int
    more: bool
    edition: str
    last: tuple[Any, ...]


def show(statement: Statement, values: Mapping[str, Any], *, proof: Proof | None, limit: int, columns: int, record: str = "", edition: str = "") -> Shown:
    """Up to `limit` rows of a statement whose first column is the representation, followed by so many `columns`.

    Without a `proof` the credential was read for this request. `record` inserts what is to be remembered of it, once: it reads `shown`, whose columns are `body`, `c1`, `c2` and so
    on. Raises CredentialChanged. A connection that the server closed meanwhile is opened anew.
    """
    made = _whole(statement, proof.kind if proof else "", limit, columns, record, edition)
    given = {**statement.given(values), **(proof.values() if proof else {})}
    known, found, texts, number, brought_out, *last = again_if_closed(lambda: made.run(given, anew=not statement.prepared))[0]
    if not known:
        raise CredentialChanged
    return Shown(texts or "", number, found > number, brought_out, tuple(last))


@lru_cache(maxsize=1024)
def _whole(statement: Statement, kind: str, limit: int, columns: int, record: str, edition: str) -> Prepared:
    names = [f"c{number}" for number in range(1, columns + 1)]
    sql = f"""WITH known AS ({PROOFS[kind]}),
        page AS MATERIALIZED (SELECT * FROM ({statement.sql} LIMIT {limit + 1:d}) page ({", ".join(["body", *names])})),
        shown AS (SELECT * FROM page WHERE EXISTS (SELECT 1 FROM known) LIMIT {limit:d}){f", record AS ({record})" if record else ""}
        SELECT (SELECT count(*) FROM known), (SELECT count(*) FROM page), string_agg(body, ','), count(*), {f"({edition})" if edition else "''"}
        {"".join(f", (array_agg({name}))[count(*)]" for name in names)} FROM shown"""  # noqa: S608 - statements of ours
    return Prepared(sql, {**TYPES, **{one.name: one.type for one in statement.markers}})


def edition_of(edition: str, proof: Proof | None) -> str:
    """The text that this SQL gives now. One statement, without a look at any row. Raises CredentialChanged."""
    made = _edition(edition, proof.kind if proof else "")
    known, text = again_if_closed(lambda: made.run({"_now": now(), **(proof.values() if proof else {})}))[0]
    if not known:
        raise CredentialChanged
    return str(text)


@lru_cache
def _edition(edition: str, kind: str) -> Prepared:
    return Prepared(f"WITH known AS ({PROOFS[kind]}) SELECT (SELECT count(*) FROM known), ({edition})", TYPES)  # noqa: S608 - ours
