"""Command line of the embedded servers and of the supervisor."""

import argparse
import os
import subprocess
import sys

from incubator.embedded import supervisor
from incubator.embedded.places import CannotStart, data_dir
from incubator.embedded.servers import TestServers


def run_command(command: list[str]) -> int:
    """Run one command with throw-away servers around it; those named in the environment are used instead."""
    servers = TestServers(data_dir() / "test")
    try:
        return subprocess.call(command, env={**os.environ, **servers.environment()})
    finally:
        servers.stop()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m incubator.embedded", description="The park on one machine.")
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("run", help="the whole park, as in production but on one machine")
    actions.add_parser("dev", help="the same with reload and debug pages")
    execute = actions.add_parser("exec", help="one command with throw-away Postgres and Redis around it")
    execute.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    try:
        if options.action == "exec":
            return run_command(options.command[1:] if options.command[:1] == ["--"] else options.command)
        return supervisor.run(debug=options.action == "dev")
    except CannotStart as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
