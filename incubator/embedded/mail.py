"""A real SMTP server that delivers to nobody: every mail ends in a Maildir, for the demo's mailbox page to read."""

import asyncio
import signal
import socket
import subprocess
import sys
from pathlib import Path

from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import SMTP

from incubator.embedded.places import ROOT
from incubator.embedded.processes import spawn, stop

LARGEST_MAIL = 64 * 1024 * 1024


class MailSink:
    """The server as a child process, on a free port of the loopback interface."""

    def __init__(self, data: Path) -> None:
        self.folder, self.log = data / "mail", data / "mail.log"
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return with `port` set; connections are accepted from then on, also before the child has read its first line."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
            fileno = listener.fileno()
            command = [sys.executable, "-m", "incubator.embedded.mail", str(fileno), str(self.folder)]
            self.process = spawn(command, log=self.log, death_signal=signal.SIGTERM, keep_open=[fileno], cwd=ROOT)

    def environment(self) -> dict[str, str]:
        return {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(self.port), "EMAIL_USE_TLS": "false", "EMAIL_USE_SSL": "false"}

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, signal.SIGTERM, signal.SIGKILL, patience=5)


async def serve(listener: socket.socket, folder: Path) -> None:
    loop = asyncio.get_running_loop()
    handler = Mailbox(folder)
    server = await loop.create_server(lambda: SMTP(handler, data_size_limit=LARGEST_MAIL, enable_SMTPUTF8=True, hostname="localhost"), sock=listener)
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    await ended.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2])))
