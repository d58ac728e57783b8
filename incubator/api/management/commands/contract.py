"""`manage.py contract`: hold the API to what is written down of it, or write it down anew.

docs/api/openapi.json is the contract as the code has it now; docs/api/released.json is what partners were promised
last. Without an option both are checked, which is a part of `make check`.
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from drf_spectacular.generators import SchemaGenerator

from incubator.api import versions
from incubator.api.compatibility import breaks

FOLDER = settings.ROOT / "docs" / "api"
CONTRACT, RELEASED = FOLDER / "openapi.json", FOLDER / "released.json"
# Words and examples are no part of a promise. Each with its type, since a property may have the same name.
WORDS = {"summary": str, "operationId": str, "tags": list, "examples": dict}


def generated() -> dict[str, Any]:
    """The document as a client reads it, the same on every machine."""
    generator: Any = SchemaGenerator
    document = json.loads(json.dumps(generator().get_schema(public=True), default=str))
    found: dict[str, Any] = json.loads(json.dumps(document).replace(settings.BASE_URL, "https://incubator.example.org"))
    return found


def promised(document: Any) -> Any:
    """The document without words."""
    if isinstance(document, dict):
        return {name: promised(value) for name, value in document.items() if not isinstance(value, WORDS.get(name, ()))}
    return [promised(one) for one in document] if isinstance(document, list) else document


class Command(BaseCommand):
    help = "Hold the API to its written contract."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help="write docs/api/openapi.json")
        parser.add_argument("--release", action="store_true", help="write docs/api/released.json too: from now on this is promised")

    def handle(self, *args: Any, write: bool, release: bool, **options: Any) -> None:
        document = generated()
        self.compare(document, release=release)
        if write or release:
            CONTRACT.write_text(text(document))
        elif not CONTRACT.exists() or CONTRACT.read_text() != text(document):
            raise CommandError("docs/api/openapi.json is not what the API does. Look at the change and write it down: manage.py contract --write")
        if release:
            RELEASED.write_text(text({"version": versions.CURRENT, **promised(document)}))

    def compare(self, document: dict[str, Any], *, release: bool) -> None:
        """Raises CommandError for a break within the version that was released last."""
        if not RELEASED.exists() and release:
            return
        released = json.loads(RELEASED.read_text())
        if released["version"] == versions.CURRENT and (found := breaks(released, document)):
            listed = "\n".join(f"  {one}" for one in found)
            raise CommandError(f"This breaks clients of {versions.CURRENT}. Mend it, or add a dated version (docs/api/versions.md):\n{listed}")


def text(document: Any) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
