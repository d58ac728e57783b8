"""A partner's system that takes the park's webhooks and believes only what is signed."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.journeys.story.waiting import eventually


class Receiver:
    """What has arrived with a right signature, by message id; what had none is counted."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.secret = ""
        self.messages: dict[str, dict[str, Any]] = {}
        self.refused = 0

    def take(self, headers: dict[str, str], body: str) -> int:
        try:
            self.messages[headers.get("webhook-id", "")] = Webhook(self.secret).verify(body, headers)
        except (WebhookVerificationError, ValueError, json.JSONDecodeError):
            self.refused += 1
            return 401
        return 204

    def await_message(self, kind: str) -> dict[str, Any]:
        """The first message of this type; waits until it is there."""
        return eventually(
            lambda: next((message for message in self.messages.values() if message["type"] == kind), None),
            lambda: f"no {kind}; there are {[message['type'] for message in self.messages.values()]}, refused: {self.refused}",
        )


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.send_response(receiver.take({name.lower(): value for name, value in self.headers.items()}, body))
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(f"http://127.0.0.1:{server.server_address[1]}/hooks/")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
