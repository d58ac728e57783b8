"""Calling addresses that outsiders gave us, without being sent to our own network.

An address must be https, on port 443, on an approved host by name. The connection goes to an address that was
resolved and checked in that moment, all addresses of the answer must be public, redirects are not followed, no proxy
of the environment is used, and of the answer's body only its
beginning is kept, as plain text.
"""

from __future__ import annotations

import ipaddress
import re
import signal
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import FrameType
from typing import Any
from urllib.parse import SplitResult, urlsplit

import requests
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter_adapter import IPFilterAdapter

from incubator.lib.excerpts import excerpt, kept_headers
from incubator.lib.refusals import Invalid

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

MOST_OF_A_BODY = 16 * 1024
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")

# Public by the registry's word, yet leading elsewhere: relays, translators, documentation, benchmarks.
NOT_PUBLIC_4 = [ipaddress.IPv4Network(one) for one in ("100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15")]
PUBLIC_6 = ipaddress.IPv6Network("2000::/3")
NOT_PUBLIC_6 = [ipaddress.IPv6Network(one) for one in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")]


class Forbidden(requests.RequestException):
    """The host leads to an address that we do not call."""


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet. Of IPv6 only what is given out to networks, no embedded IPv4."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast and not any(address in one for one in NOT_PUBLIC_4)
    return address in PUBLIC_6 and not any(address in one for one in NOT_PUBLIC_6)


def checked_url(url: str, approved_hosts: Sequence[str]) -> str:
    """The address in its plain spelling, if we may call it. Raises Invalid on the field `url` with the remedy.

    Reads settings.WEBHOOK_TEST_TARGETS: what is listed there passes as it is.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise Invalid(_("This is not an address. Write it like https://hooks.example.com/incubator."), field="url") from None
    if is_test_target(parts):
        return parts.geturl()
    if parts.scheme != "https":
        raise Invalid(_("The address must begin with https://."), field="url")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise Invalid(_("The address must not hold a user name or password; messages are signed instead."), field="url")
    if port not in (None, 443):
        raise Invalid(_("The address must use the usual port for https, 443."), field="url")
    host = plain_host(parts.hostname or "")
    if host is None:
        raise Invalid(_("Write the host by its full name, not as a number or a local name."), field="url")
    if not any(host == one or host.endswith(f".{one}") for one in (approved.lower().strip(".") for approved in approved_hosts)):
        raise Invalid(_("This host is not among the domains approved for your organisation. Ask the park to approve it."), field="url")
    return parts._replace(netloc=host, fragment="").geturl()


def plain_host(host: str) -> str | None:
    """The host as a full domain name in ASCII without its last dot; None for numbers, local names and the rest."""
    try:
        plain = host.removesuffix(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    labels = plain.split(".")
    if len(labels) < 2 or len(plain) > 253 or not all(LABEL.fullmatch(one) for one in labels) or not re.search("[a-z]", labels[-1]):
        return None
    return None if re.fullmatch("0x[0-9a-f]*", labels[-1]) else plain


def is_test_target(parts: SplitResult) -> bool:
    """Whether the settings of a demo or test allow this scheme and host (and port, where the entry names one)."""
    for target in map(urlsplit, settings.WEBHOOK_TEST_TARGETS):
        if (target.scheme, target.hostname) == (parts.scheme, parts.hostname) and target.port in (None, parts.port) and "@" not in parts.netloc:
            return True
    return False


class GuardedAdapter(IPFilterAdapter):  # type: ignore[misc]
    """Pins the connection to a checked address (the library does), and refuses what the library lets through."""

    def build_connection_pool_key_attributes(self, request: requests.PreparedRequest, verify: Any, cert: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        host = urlsplit(request.url or "").hostname or ""
        for address in resolve(host):
            _refuse_unless_public(host, address)
        host_params, pool_kwargs = super().build_connection_pool_key_attributes(request, verify, cert)
        _refuse_unless_public(host, ipaddress.ip_address(str(host_params["host"]).strip("[]")))  # the one it will connect to
        return host_params, pool_kwargs


def resolve(host: str) -> list[Address]:
    """All addresses of a host. Raises Forbidden when there is none."""
    try:
        answers = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Forbidden("The host has no address.") from None
    return [ipaddress.ip_address(str(answer[4][0]).partition("%")[0]) for answer in answers]


def _refuse_unless_public(host: str, address: Address) -> None:
    if not is_public(address):
        raise Forbidden(f"{host} leads to an address that is not on the open internet.")


def session(url: str) -> requests.Session:
    """A session for one host: guarded, without redirects, without the environment's proxies."""
    test_target = is_test_target(urlsplit(url))
    config = Config(ip_filter_enable=False, ip_filter_allow_loopback_ips=False, never_redirect=True, default_timeout=(5, 10))
    opened: requests.Session = HTTPSession(config)
    opened.trust_env = False
    if not test_target:
        opened.mount("https://", GuardedAdapter(is_https_proto=True))
        opened.adapters.pop("http://")
    return opened


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver answered, as it may be shown. `retry_after` in seconds, 0 without."""

    code: int
    retry_after: float
    headers: Mapping[str, str]
    excerpt: str


def post(opened: requests.Session, url: str, body: bytes, headers: Mapping[str, str], *, timeout: float) -> Answer:
    """Send a body; the whole call ends after `timeout` seconds, however slowly the answer drips in.

    Raises requests.RequestException, of which Forbidden and Timeout are kinds.
    """
    with _deadline(timeout), opened.post(url, data=body, headers=dict(headers), timeout=(min(5.0, timeout), timeout), stream=True) as response:
        read = b""
        for chunk in response.iter_content(4096):  # drained, so that the connection can be kept
            read += chunk
            if len(read) > MOST_OF_A_BODY:
                break
        return Answer(response.status_code, _seconds(response.headers.get("Retry-After", "")), kept_headers(response.headers), excerpt(read))


class _TooLong(Exception):
    """Raised out of whatever the call is doing. No OSError, which the libraries below would take for their own."""


@contextmanager
def _deadline(seconds: float) -> Iterator[None]:
    """Raise Timeout in the block after `seconds`. Only the main thread can be interrupted; elsewhere each read has its own limit."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except _TooLong:
        raise requests.Timeout("The answer took too long.") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _seconds(retry_after: str) -> float:
    if retry_after.strip().isdigit():
        return float(retry_after)
    try:
        at = parsedate_to_datetime(retry_after)
    except ValueError:
        return 0.0
    return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds())
