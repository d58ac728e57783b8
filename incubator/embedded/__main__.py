"""Command line of the embedded servers."""

import argparse
import os
import subprocess
import sys

from incubator.embedded.places import CannotStart, data_dir
from incubator.embedded.servers import TestServers, outside_servers


def run_command(command: list[str]) -> int:
    """Run one command with servers around it; with real servers named in the environment, just run it."""
    if outside_servers():
        return subprocess.call(command)
    servers = TestServers(data_dir() / "test")
    try:
        return subprocess.call(command, env={**os.environ, **servers.environment()})
    finally:
        servers.stop()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m incubator.embedded", description="Postgres and Redis from wheels.")
    actions = parser.add_subparsers(dest="action", required=True)
    execute = actions.add_parser("exec", help="run one command with throw-away servers around it")
    execute.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    try:
        return run_command(options.command)
    except CannotStart as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
