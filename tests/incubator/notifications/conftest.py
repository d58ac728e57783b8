"""The receivers of `tests.receivers` at the end of our own settings, and the kinds of events of these tests."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.incubator.notifications import kinds
from tests.receivers import PostOffice, Receiver, receiving


@pytest.fixture(autouse=True)
def messages_of_the_tests(settings) -> None:  # type: ignore[no-untyped-def]
    """The messages of `kinds.py` lie beside these tests; nobody is allowed anything yet."""
    kinds.allowed.clear()
    settings.TEMPLATES = copy.deepcopy(settings.TEMPLATES)
    settings.TEMPLATES[0]["DIRS"].append(Path(__file__).parent / "templates")


@pytest.fixture
def post_office(settings) -> Iterator[PostOffice]:  # type: ignore[no-untyped-def]
    office = PostOffice()
    office.controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.port
    try:
        yield office
    finally:
        office.controller.stop()


@pytest.fixture
def receiver(settings) -> Iterator[Receiver]:  # type: ignore[no-untyped-def]
    with receiving() as told:
        settings.WEBHOOK_TEST_TARGETS = [told.url.removesuffix("/hook")]
        yield told
