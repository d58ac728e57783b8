"""304 without looking at the rows: a tag that names the edition of the data that its answer was made from (ADR 11).

`"<hash of the body>-<mark>"`. While everything that the mark stands for is as it was, so is the body. Where it is not,
the body is made and its hash compared: the mark spares work and decides nothing about what is new.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

from incubator.api import conditional
from incubator.api.whole import edition_of
from incubator.lib.clock import today

if TYPE_CHECKING:
    from incubator.api.endpoints import ApiRequest
    from incubator.lib.statements import Statement


def mark(edition: str, request: ApiRequest, statement: Statement) -> str:
    """Stands for all that the answer to this request comes from: the data, who asks for what, the code.

    And the day: the first question of a day looks at the rows, so that founders learn on which days somebody looked.
    """
    address = f"{request.path}?{request.META.get('QUERY_STRING', '')}"
    asked = [edition, today().isoformat(), str(request.credential.id), address, request.version, _code(statement)]
    return hashlib.sha256("\0".join(asked).encode()).hexdigest()[:16]


@lru_cache(maxsize=1024)
def _code(statement: Statement) -> str:
    return hashlib.sha256(statement.sql.encode()).hexdigest()


def tag(body: bytes, mark: str) -> str:
    return f'{conditional.body_tag(body)[:-1]}-{mark}"'


def confirmed(request: ApiRequest, statement: Statement, edition: str) -> str:
    """The tag of the request that still holds; empty if none does. One statement, which confirms the credential too.

    None at all if no tag could hold. Raises CredentialChanged.
    """
    given = [one for one in conditional.tags(request.headers.get("If-None-Match", "")) if conditional.MARK.search(one)]
    if not given:
        return ""
    found = edition_of(edition, None if request.confirmed else request.credential.proof)
    request.confirmed = True
    present = f'-{mark(found, request, statement)}"'
    return next((one.removeprefix("W/") for one in given if one.endswith(present)), "")
