"""What an outsider's system answered, cut short and made plain: shown to developers as text, never as a page."""

import re
from collections.abc import Mapping

MOST_BYTES = 1024
MOST_OF_A_HEADER = 200
# Of a receiver's headers, those that help to find out what went wrong. Cookies and the like are not among them.
HEADERS = ("content-type", "content-length", "date", "retry-after", "server", "x-request-id", "x-correlation-id")
UNSEEN = re.compile(r"<(script|style)\b.*?(</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
TAG = re.compile(r"<(?=[a-z/!?])[^>]*>?", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


def excerpt(body: bytes) -> str:
    """The beginning of a body as text without markup and control characters: at most 1 KiB of UTF-8."""
    text = TAG.sub(" ", UNSEEN.sub(" ", body.decode(errors="replace")))
    text = "\n".join(line for line in (" ".join(CONTROL.sub(" ", one).split()) for one in text.split("\n")) if line)
    return text.encode()[:MOST_BYTES].decode(errors="ignore")


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The receiver's headers that are worth keeping, their values cut short."""
    found = {name.lower(): value for name, value in headers.items()}
    return {name: CONTROL.sub(" ", found[name])[:MOST_OF_A_HEADER] for name in HEADERS if name in found}
