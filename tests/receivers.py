"""Real receivers on the loopback interface: a mail server and a webhook endpoint, each with answers to order."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class PostOffice:
    """An SMTP server that keeps what it takes. `answers` are given to RCPT first, one each, then all is taken."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.mails: list[Envelope] = []
        self.connections = 0
        self.answers_to: dict[str, list[str]] = {}  # the same for one address
        self.hang_up_after: set[str] = set()  # addresses whose next mail is taken without a word
        self.pause = 0.0
        self.before_taking: Callable[[str], None] = lambda address: None
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]) -> list[str]:  # noqa: N802 - its name
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802 - its name
        self.before_taking(address)
        if answers := self.answers_to.get(address) or self.answers:
            return answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        self.mails.append(envelope)
        if hung_up := self.hang_up_after & set(envelope.rcpt_tos):
            self.hang_up_after -= hung_up
            server.transport.abort()
        await asyncio.sleep(self.pause)
        return "250 OK"

    def ids(self) -> Counter[str]:
        """How often each Message-ID arrived."""
        return Counter(str(message_from_bytes(bytes(mail.content or b""))["Message-ID"]) for mail in self.mails)


@dataclass
class Receiver:
    """An HTTP server that keeps what it is sent; `answers` are (status, headers), one each, then 204; all with `body`.

    `accepted` are the ids that got a success; the next `late` calls are answered two seconds after they were worked on.
    """

    url: str = ""
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    pause: float = 0
    late: int = 0
    body: bytes = b""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Such a server on a free port, for the length of a block."""
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            told.calls.append((dict(self.headers), body))
            status, headers = told.answers.pop(0) if told.answers else (204, {})
            if 200 <= status < 300:
                told.accepted.append(self.headers["webhook-id"])
            if told.late:
                told.late -= 1
                threading.Event().wait(2)
            if told.pause:
                self.drip(status)
                return
            self.send_response(status)
            for name, value in {"content-length": str(len(told.body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(told.body)

        def drip(self, status: int) -> None:
            """One byte at a time, each well within any limit for a single read."""
            try:
                for byte in f"HTTP/1.1 {status} OK\r\nx-slow: {'x' * 400}\r\ncontent-length: 0\r\n\r\n".encode():
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    threading.Event().wait(told.pause)
            except OSError:
                self.close_connection = True

        def log_message(self, *arguments: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_port}/hook"
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
