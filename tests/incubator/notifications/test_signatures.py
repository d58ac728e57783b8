"""What we sign is verified by the official library, by the code of our guide, and by nobody once it was changed."""

import base64
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from incubator.lib.clock import now
from incubator.notifications import operations as notifications
from incubator.notifications.channels.webhook import headers as headers_of
from incubator.notifications.channels.webhook import payload
from incubator.notifications.models import WebhookEndpoint
from incubator.notifications.signing import secrets_of, signatures
from tests.cast import Member
from tests.factories.notifications import DeliveryFactory, WebhookEndpointFactory

Verify = Callable[[str, dict[str, str], bytes], bool]
GUIDE = (Path(settings.ROOT) / "docs/api/webhooks.md").read_text()
MINUTES = [(-5.1, False), (-4.9, True), (0, True), (4.9, True), (5.1, False)]


def official(secret: str, headers: dict[str, str], body: bytes) -> bool:
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


def guide(language: str, number: int = 0) -> str:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)[number]


def python(number: int) -> Verify:
    place: dict[str, Any] = {}
    exec(guide("python", number), place)  # noqa: S102 - our own guide, which must work as it stands
    found: Verify = place["verify"]
    return found


def told_by(command: list[str], secret: str, headers: dict[str, str], body: bytes) -> bool:
    """What the guide's code says in its own language: a program that gets the message as JSON and prints true or false."""
    given = json.dumps({"secret": secret, "headers": headers, "body": base64.b64encode(body).decode()})
    told = subprocess.run([*command, given], capture_output=True, text=True, timeout=30, check=True).stdout.strip()
    assert told in ("true", "false")
    return told == "true"


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not on this machine: that part of the guide was not run")
    return found


def javascript(secret: str, headers: dict[str, str], body: bytes) -> bool:
    call = f"""{guide("javascript")}
const given = JSON.parse(process.argv[1]);
console.log(verify(given.secret, given.headers, Buffer.from(given.body, "base64")));"""
    return told_by([program("node"), "--input-type=module", "-e", call], secret, headers, body)


def php(secret: str, headers: dict[str, str], body: bytes) -> bool:
    call = (
        guide("php").removeprefix("<?php\n")
        + """
$given = json_decode($argv[1], true);
echo verify($given['secret'], $given['headers'], base64_decode($given['body'])) ? 'true' : 'false';"""
    )
    return told_by([program("php"), "-n", "-r", call, "--"], secret, headers, body)


GO_MAIN = """package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"

	"guide/hooks"
)

func main() {
	var given struct {
		Secret  string
		Headers map[string]string
		Body    string
	}
	if err := json.Unmarshal([]byte(os.Args[1]), &given); err != nil {
		panic(err)
	}
	header := http.Header{}
	for name, value := range given.Headers {
		header.Set(name, value)
	}
	body, err := base64.StdEncoding.DecodeString(given.Body)
	if err != nil {
		panic(err)
	}
	fmt.Println(hooks.Verify(given.Secret, header, body))
}
"""


@cache
def folder() -> tempfile.TemporaryDirectory[str]:
    """Kept until the tests end, and then removed."""
    return tempfile.TemporaryDirectory()


@cache
def go_program() -> str:
    """The guide's package with a program around it, built once."""
    go, place = program("go"), Path(folder().name)
    for name, text in {"go.mod": "module guide\n", "hooks/verify.go": guide("go"), "main.go": GO_MAIN}.items():
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text(text)
    subprocess.run([go, "build", "-o", "verify", "."], cwd=place, check=True, timeout=300)
    return str(place / "verify")


def go(secret: str, headers: dict[str, str], body: bytes) -> bool:
    return told_by([go_program()], secret, headers, body)


VERIFIERS: dict[str, Verify] = {"official": official, "python": python(0), "javascript": javascript, "php": php, "go": go}


@pytest.fixture
def endpoint(partner_person: Member) -> WebhookEndpoint:
    return WebhookEndpointFactory(organisation=partner_person.organisation)


def message(endpoint: WebhookEndpoint, at: datetime | None = None) -> tuple[dict[str, str], bytes]:
    row = DeliveryFactory(webhook=True, endpoint=endpoint)
    body = payload(row)
    headers = headers_of(row, endpoint, body)
    if at is not None:
        headers |= {"webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signatures(endpoint, headers["webhook-id"], at, body)}
    return headers, body


@pytest.mark.django_db
@pytest.mark.parametrize("verifier", VERIFIERS)
def test_ours_verifies_and_what_was_changed_does_not(endpoint: WebhookEndpoint, verifier: str) -> None:
    verify, [secret] = VERIFIERS[verifier], secrets_of(endpoint)
    headers, body = message(endpoint)
    assert verify(secret, headers, body)
    assert verify(secret, headers, body)  # the same again: repeats are dropped by webhook-id, not by the signature
    assert not verify(secret, headers, body.replace(b'"version":1', b'"version":2'))
    assert not verify(secret, {**headers, "webhook-id": "msg_other"}, body)
    assert not verify(secret, {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)}, body)
    assert not verify(secret, {**headers, "webhook-timestamp": "soon"}, body)
    assert not verify(secret, {**headers, "webhook-signature": headers["webhook-signature"].replace("v1,", "v2,")}, body)
    assert not verify(notifications.new_secret(), headers, body)


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "fresh"), MINUTES)
@pytest.mark.parametrize("verifier", VERIFIERS)
def test_a_message_is_good_for_five_minutes(endpoint: WebhookEndpoint, verifier: str, minutes: float, fresh: bool) -> None:
    headers, body = message(endpoint, datetime.now(UTC) + timedelta(minutes=minutes))
    assert VERIFIERS[verifier](secrets_of(endpoint)[0], headers, body) is fresh


@pytest.mark.django_db
@pytest.mark.parametrize("verifier", VERIFIERS)
def test_while_keys_are_exchanged_either_secret_verifies(endpoint: WebhookEndpoint, partner_person: Member, verifier: str) -> None:
    verify, [old] = VERIFIERS[verifier], secrets_of(endpoint)
    new = notifications.rotate_secret(endpoint, by=partner_person.actor, at=now())
    endpoint.refresh_from_db()
    headers, body = message(endpoint)
    assert len(headers["webhook-signature"].split(" ")) == 2
    assert verify(old, headers, body)
    assert verify(new, headers, body)
    endpoint.previous_secret_until = now()
    headers, body = message(endpoint)
    assert not verify(old, headers, body)
    assert verify(new, headers, body)


def test_the_vector_of_the_specification_is_what_we_sign() -> None:
    """The official library's own test vector: secret, id, time and body give this signature."""
    secret, at = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", datetime.fromtimestamp(1614265330, UTC)
    assert Webhook(secret).sign("msg_p5jXN8AQM9LWM0D4loKWxJek", at, '{"test": 2432232314}') == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    from incubator.lib import sealing
    from incubator.notifications.signing import SECRET_PURPOSE

    endpoint = WebhookEndpoint(secret_sealed=sealing.seal(secret, purpose=SECRET_PURPOSE))
    assert signatures(endpoint, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}') == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.django_db
def test_an_ed25519_key_signs_beside_the_secret_and_is_exchanged_with_it(endpoint: WebhookEndpoint, partner_person: Member) -> None:
    verify = python(1)
    change = {"name": endpoint.name, "url": "https://hooks.example.com/in", "event_types": [], "approved_hosts": ["example.com"]}
    endpoint = notifications.change_endpoint(endpoint, **change, ed25519=True, by=partner_person.actor, at=now())
    old = endpoint.public_key
    headers, body = message(endpoint)
    assert [one.partition(",")[0] for one in headers["webhook-signature"].split(" ")] == ["v1", "v1a"]
    assert verify(old, headers, body)
    assert official(secrets_of(endpoint)[0], headers, body)
    assert not verify(old, headers, body + b" ")
    assert not verify(old, {**headers, "webhook-id": "msg_other"}, body)
    stale, stale_body = message(endpoint, datetime.now(UTC) - timedelta(minutes=6))
    assert not verify(old, stale, stale_body)
    notifications.rotate_secret(endpoint, by=partner_person.actor, at=now())
    endpoint.refresh_from_db()
    headers, body = message(endpoint)
    assert endpoint.public_key != old
    assert verify(old, headers, body)
    assert verify(endpoint.public_key, headers, body)
    endpoint.previous_secret_until = now()
    headers, body = message(endpoint)
    assert not verify(old, headers, body)
    assert verify(endpoint.public_key, headers, body)
    endpoint = notifications.change_endpoint(endpoint, **change, ed25519=False, by=partner_person.actor, at=now())
    assert (endpoint.public_key, endpoint.private_key_sealed, endpoint.previous_private_key_sealed) == ("", "", "")
    assert "v1a," not in message(endpoint)[0]["webhook-signature"]


@pytest.mark.django_db
def test_the_raw_ed25519_signature_is_of_id_time_and_body(endpoint: WebhookEndpoint, partner_person: Member) -> None:
    change = {"name": "x", "url": "https://hooks.example.com/in", "event_types": [], "approved_hosts": ["example.com"]}
    endpoint = notifications.change_endpoint(endpoint, **change, ed25519=True, by=partner_person.actor, at=now())
    headers, body = message(endpoint)
    signature = base64.b64decode(headers["webhook-signature"].split("v1a,")[1])
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(endpoint.public_key.removeprefix("whpk_")))
    key.verify(signature, f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body)
    with pytest.raises(InvalidSignature):
        key.verify(signature, body)
