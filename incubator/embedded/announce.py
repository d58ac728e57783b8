"""Waits until the site answers, lets the other processes begin, and says where it is and who may sign in."""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from incubator.embedded.places import ROOT

PATIENCE = 120.0


def wait_until_ready(url: str) -> bool:
    """Whether the site has answered that traffic may be sent to it."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 - our own address
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    return False


def sign_in_table() -> str:
    """The demo's accounts, one a line; empty when the park was started without them."""
    listed = subprocess.run([sys.executable, "manage.py", "demo", "--json"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        return ""
    accounts = [(a["role"], a["email"], a["password"]) for a in json.loads(listed.stdout)["accounts"]]
    rows = [("Sign in as", "E-mail", "Password"), *accounts]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)


def main(base_url: str, local_url: str, ready: str) -> int:
    if not wait_until_ready(f"{local_url}/readyz"):
        print(f"The site has not answered within {PATIENCE:.0f} seconds; its messages above say why.", flush=True)
        return 1
    Path(ready).touch()
    print(f"\n  The park is open: {base_url}/\n  Ctrl-C stops it; everything is kept.\n", flush=True)
    if table := sign_in_table():
        print(f"{table}\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
