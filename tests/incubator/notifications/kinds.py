"""Kinds of events that only these tests record."""

from collections.abc import Mapping
from typing import Any

from incubator.outbox import registry
from incubator.outbox.registry import DEADLINE, EMAIL, IN_APP, Notice, Recipient

allowed: set[object] = set()


def _nothing(event: object, facts: object) -> dict[str, object]:
    return {}


hooked = registry.register(
    "notifications.test_hooked",
    "did it",
    audiences={
        "partner": Notice(page="account_login", page_args=_nothing, channels=(IN_APP, EMAIL), resource="/api/v1/things/{id}"),
        "staff": Notice(page="account_login", page_args=_nothing, channels=(IN_APP,)),
    },
)
choosy = registry.register(
    "notifications.test_choosy",
    "did it",
    audiences={"partner": Notice(page="account_login", page_args=_nothing, channels=(EMAIL,))},
    still_allowed=lambda event, recipient: recipient.user_id in allowed,
)
parting = registry.register(
    "notifications.test_parting",
    "ended it",
    audiences={"partner": Notice(page="account_login", page_args=_nothing, channels=(EMAIL,), despite_no_access=True)},
)
bound = registry.register(
    "notifications.test_bound",
    "asked by a deadline",
    audiences={"partner": Notice(page="account_login", page_args=_nothing, channels=(EMAIL,)).bound(DEADLINE)},
)
consented = registry.register(
    "notifications.test_consented",
    "asked for it",
    audiences={"partner": Notice(page="account_login", page_args=_nothing, channels=(EMAIL,))},
    still_allowed=lambda event, recipient: _has_access(recipient),
)
widely = registry.register(
    "notifications.test_widely",
    "announced it",
    audiences={"partner": Notice(page="account_login", page_args=_nothing, channels=(EMAIL,), people=lambda event, facts: _people(facts))},
)


def _people(facts: Mapping[str, Any]) -> Any:
    from incubator.accounts.models import Membership

    return Membership.objects.filter(organisation_id=facts["only"]) if "only" in facts else Membership.objects.all()


def _has_access(recipient: Recipient) -> bool:
    """As of this moment, whatever the worker read before."""
    from incubator.accounts.models import Organisation

    return Organisation.objects.filter(pk=recipient.organisation_id, has_access=True).exists()
