"""What all tests of programmes share."""

import pytest


@pytest.fixture(autouse=True)
def numbers_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The numbers of the navigation are counted on every page, so that a page's queries do not depend on the clock."""
    monkeypatch.setattr("incubator.web.navigation.BADGE_SECONDS", 0)
