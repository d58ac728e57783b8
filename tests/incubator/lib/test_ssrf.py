"""Addresses and spellings that must not lead us into our own network (60 of them), and those that may be called."""

import ipaddress
import socket
import threading
from collections.abc import Iterator

import pytest
import requests

from incubator.lib import ssrf
from incubator.lib.refusals import Invalid

APPROVED = ["example.com", "bücher.example"]

FORBIDDEN_ADDRESSES = [
    "0.0.0.0",  # noqa: S104 - not bound to
    *("0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.1.2.3", "169.254.169.254"),
    *("172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.51.100.1"),
    *("203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::127.0.0.1", "::10.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1"),
    *("100::1", "2001::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2620:4f:8000::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254"),
    *("fe80::1", "fec0::1", "ff02::1"),
]
FORBIDDEN_URLS = [
    *("http://example.com/", "ftp://example.com/", "//example.com/", "example.com", "javascript:alert(1)", "https:///path", "https://"),
    *("https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://127.1/", "https://127.0.0.1/", "https://[::1]/"),
    *("https://[::ffff:127.0.0.1]/", "https://localhost/", "https://localhost./", "https://example.com:8443/", "https://example.com:80/"),
    *("https://user@example.com/", "https://user:pass@example.com/", "https://example.com@127.0.0.1/", "https://@example.com/"),
    *("https://evil.net/", "https://example.com.evil.net/", "https://evilexample.com/", "https://xn--fsq.evil/", "https://exa mple.com/"),
    *("https://example.com:port/", "https://①②⑦.⓪.⓪.①/", "https://-bad.example.com/", "https://a..example.com/"),
]


@pytest.mark.parametrize("address", FORBIDDEN_ADDRESSES)
def test_address_inside_or_special_is_not_public(address: str) -> None:
    assert not ssrf.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e"])
def test_address_of_the_open_internet_is_public(address: str) -> None:
    assert ssrf.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("url", FORBIDDEN_URLS)
def test_url_that_is_no_approved_https_host_is_refused_with_a_remedy(url: str) -> None:
    with pytest.raises(Invalid) as refusal:
        ssrf.checked_url(url, APPROVED)
    assert refusal.value.field == "url"


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("https://example.com/hook", "https://example.com/hook"),
        (" https://Hooks.EXAMPLE.com./hook?a=b#c ", "https://hooks.example.com/hook?a=b"),
        ("https://example.com:443/", "https://example.com/"),
    ],
)
def test_url_on_an_approved_domain_is_taken_in_its_plain_spelling(url: str, plain: str) -> None:
    assert ssrf.checked_url(url, APPROVED) == plain


class Listener:
    """Counts whoever connects."""

    def __init__(self) -> None:
        self.connections = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                self.socket.accept()[0].close()
            except OSError:
                return
            self.connections += 1


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.socket.close()


def answers(*turns: list[str]) -> object:
    """A name server that gives each turn's addresses once, the last for ever."""
    left = list(turns)

    def look_up(host: str, port: int, *arguments: object, **options: object) -> list[tuple[object, ...]]:
        turn = left.pop(0) if len(left) > 1 else left[0]
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port, 0, 0) if ":" in one else (one, port)) for one in turn
        ]

    return look_up


@pytest.mark.parametrize(
    "turns",
    [
        (["127.0.0.1"],),
        (["8.8.8.8", "127.0.0.1"],),  # mixed answer
        (["8.8.8.8"], ["127.0.0.1"]),  # another answer at the second look
        (["::ffff:127.0.0.1"],),
        (["::1"],),
        (["169.254.169.254"],),
    ],
)
def test_host_that_leads_inside_is_never_connected_to(turns: tuple[list[str], ...], listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"https://rebind.example.com:{listener.port}/"
    monkeypatch.setattr(socket, "getaddrinfo", answers(*turns))
    with ssrf.session(url) as opened, pytest.raises(requests.RequestException):
        ssrf.post(opened, url, b"{}", {}, timeout=2)
    assert listener.connections == 0


def test_plain_http_has_no_way_out(listener: Listener) -> None:
    with ssrf.session("https://example.com/") as opened, pytest.raises(requests.RequestException):
        ssrf.post(opened, f"http://127.0.0.1:{listener.port}/", b"{}", {}, timeout=2)
    assert listener.connections == 0
