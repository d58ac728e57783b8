#!/usr/bin/env python3
"""Django's command line, usable from any terminal: it finds the project's environment and the running park by itself."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> None:
    python = HERE / ".venv" / "bin" / "python"
    if python.exists() and Path(sys.prefix).resolve() != (HERE / ".venv").resolve():
        os.execv(python, [str(python), *sys.argv])  # noqa: S606 - the packages live in .venv; the caller need not know

    sys.path.insert(0, str(HERE))
    from incubator.settings.env import load_run_env

    load_run_env()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "incubator.settings.dev")

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
