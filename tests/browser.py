"""The browser of the journeys: the system's Chromium, driven by playwright.

`python -m tests.browser` (part of `make test`) installs it from the system's packages when there is none and it may.
"""

import os
import shutil
import subprocess
import sys
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
HOW = "No Chromium: the browser journeys need it. As root: apt-get install chromium; or set CHROMIUM=/path/to/chromium."


def executable() -> str | None:
    """Path of the browser, or None."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next(filter(None, map(shutil.which, NAMES)), None)


def launch_options() -> dict[str, Any]:
    """For `playwright.chromium.launch(**launch_options())`. Call it only where `executable()` is not None."""
    # Chromium's sandbox refuses root, and small containers have a small /dev/shm
    arguments = ["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    return {"executable_path": executable(), "args": arguments}


def install() -> None:
    """Debian's or Ubuntu's package, when we are root and its tools are there. Says nothing; `executable()` tells."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print("Installing Chromium from the system's packages …", flush=True)
    quietly = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL, "check": False}
    subprocess.run(["apt-get", "update", "-q"], **quietly)
    subprocess.run(["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"], **quietly)


def main() -> int:
    if executable() is None:
        install()
    if executable() is None:
        print(HOW, file=sys.stderr, flush=True)
        return 1 if os.environ.get("CI") else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
