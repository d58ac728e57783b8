"""What is told about people and credentials."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from incubator.lib import sealing
from incubator.outbox.models import Event
from incubator.outbox.registry import DEADLINE, EMAIL, IN_APP, SECURITY, Notice, register


def _nothing(event: Event, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {}


def _token(event: Event, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"token": sealing.unseal(facts["token_sealed"], purpose="invitation")}


organisation_founded = register("accounts.organisation_founded", _("set the organisation up"))
access_changed = register("accounts.access_changed", _("changed the access of the organisation"))
joined = register("accounts.joined", _("joined with the role"))
left = register("accounts.left", _("took the role back from"))
invited = register(
    "accounts.invited",
    _("invited"),
    audiences={"invitee": Notice(page="account_invitation", page_args=_token, channels=(EMAIL,)).bound(DEADLINE)},
    time_to_live=timedelta(days=14),
    secret=True,
)
profile_changed = register("accounts.profile_changed", _("changed the account"))
calendar_made = register("accounts.calendar_made", _("made an address for the calendar"))
calendar_revoked = register("accounts.calendar_revoked", _("switched the address of the calendar off"))
invitation_revoked = register("accounts.invitation_revoked", _("withdrew the invitation"))
invitation_accepted = register("accounts.invitation_accepted", _("accepted the invitation"))
key_issued = register(
    "accounts.key_issued",
    _("made the API key"),
    audiences={"partner": Notice(page="partner:api:index", page_args=_nothing, channels=(IN_APP, EMAIL)).bound(SECURITY)},
)
key_revoked = register("accounts.key_revoked", _("revoked the API key"))
application_issued = register(
    "accounts.application_issued",
    _("made the OAuth application"),
    audiences={"partner": Notice(page="partner:api:applications", page_args=_nothing, channels=(IN_APP, EMAIL))},
)
application_revoked = register("accounts.application_revoked", _("revoked the OAuth application"))

# One kind for each mail that allauth wants sent; the adapter records it and the e-mail channel renders it.
account_mail = register(
    "accounts.mail_requested",
    _("asked for an account e-mail"),
    audiences={"person": Notice(page="account_login", page_args=_nothing, channels=(EMAIL,)).bound(SECURITY)},
    time_to_live=timedelta(minutes=15),
    secret=True,
)
