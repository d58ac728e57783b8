"""`manage.py api_client build/park-client`: the typed Python client, generated from the schema by openapi-python-client."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError

from incubator.api.v1.downloads import Download
from incubator.api.views_documents import document

CONFIGURATION = {
    "project_name_override": "park-client",
    "package_name_override": "park_client",
    "content_type_overrides": dict.fromkeys(Download.media, "application/octet-stream"),  # the generator knows bytes by this one
    "post_hooks": [],  # they would format what was written, which nobody edits
}


class Command(BaseCommand):
    help = "Generates the typed Python client of the partner API into a folder, which is overwritten."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        """Raises CommandError with the generator's words if there is something in the schema that it cannot express."""
        with tempfile.TemporaryDirectory() as place:
            schema, configuration = Path(place) / "schema.json", Path(place) / "configuration.json"
            schema.write_bytes(orjson.dumps(document()))
            configuration.write_bytes(orjson.dumps(CONFIGURATION))
            named = ["--path", str(schema), "--output-path", str(folder.absolute()), "--config", str(configuration)]
            command = [sys.executable, "-m", "openapi_python_client", "generate", *named, "--overwrite", "--fail-on-warning"]
            made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise CommandError(f"{made.stdout}{made.stderr}".strip())
        self.stdout.write(f"The client is in {folder}: pip install {folder}")
