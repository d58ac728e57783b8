"""For `make dev`: runs a command and starts it again when a file of the project changes.

Django's own reloader serves `runserver` only; worker, beat and dispatcher must see new code as well.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from incubator.embedded.places import ROOT

WATCHED = ("incubator", "programmes", "investments", "templates")
ENDINGS = (".py", ".html", ".txt")
POLL = 0.7


def newest_change() -> tuple[float, int]:
    """Time of the last change and number of files; either tells of an edit, a new file or a removed one."""
    newest, count = 0.0, 0
    for top in WATCHED:
        for folder, _, names in os.walk(ROOT / top):
            for name in names:
                if name.endswith(ENDINGS):
                    try:
                        newest = max(newest, (Path(folder) / name).stat().st_mtime)
                    except OSError:
                        continue
                    count += 1
    return newest, count


def main(command: list[str]) -> int:
    child = subprocess.Popen(command)

    def end(number: int, frame: FrameType | None) -> None:
        sys.exit(child.wait())  # the signal went to our whole group, so the command has it as well

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    seen = newest_change()
    while True:
        time.sleep(POLL)
        now = newest_change()
        if now != seen:
            seen = now
            print("a file has changed, starting again", flush=True)
            if child.poll() is None:
                child.terminate()
            child.wait()
            child = subprocess.Popen(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
