"""`{{name}}` in texts that people write: names from a list and nothing else, put in once.

There are no attributes, filters, tags or formats: whatever is not one of the names stays as it was written. What was
filled in is of a type of its own and cannot be filled again, so that a value is never read as a name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

VARIABLE = re.compile(r"\{\{[ \t]*([a-z][a-z0-9_]{0,39})[ \t]*\}\}", re.ASCII)
BRACED = re.compile(r"\{\{([^{}]{0,80})\}\}")


class Filled(str):
    """A text whose variables have been put in. It is never read for variables again."""

    __slots__ = ()


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """Put the values in, each as it is; names without a value stay as written. Raises TypeError for what was filled before."""
    if isinstance(text, Filled):
        raise TypeError("this text was filled in already")
    return Filled(VARIABLE.sub(lambda found: str(values.get(found[1], found[0])), text))


def unknown(text: str, names: Collection[str]) -> list[str]:
    """What stands between double braces and is none of the names, in the order of the text, each once."""
    found = (one[1].strip() for one in BRACED.finditer(text))
    return list(dict.fromkeys(one for one in found if one not in names))
