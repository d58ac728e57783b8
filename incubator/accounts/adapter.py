"""Where allauth meets the house: its mails become outbox events, its users become ours."""

from __future__ import annotations

import json
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse

from incubator.accounts import actors, events
from incubator.accounts.models import User
from incubator.lib import sealing
from incubator.lib.clock import now
from incubator.outbox.operations import Tell, record
from incubator.web.returning import safe_next, with_next

# What may stand in an account mail. Everything else that allauth puts in the context stays out of the database.
CONTEXT_KEYS = ("activate_url", "password_reset_url", "signup_url", "code", "key", "from_email", "to_email", "deleted_email")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Records account mails instead of sending them: a web request never talks to a mail server."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Record that this mail is wanted. One-time links are sealed; they are opened again when it is sent."""
        user = context.get("user")
        if not isinstance(user, User):
            user = User.objects.filter(email__iexact=email).first()
        if user is None:
            return  # nobody we know: no mail, and no hint that the address is unknown
        words = {name: str(context[name]) for name in CONTEXT_KEYS if context.get(name)}
        record(
            events.account_mail,
            user,
            by=actors.acting_for(user, None, frozenset()),
            at=now(),
            facts={"template": template_prefix},
            tell=[
                Tell(
                    "person",
                    {
                        "address": email,
                        "template": template_prefix,
                        "sealed": sealing.seal(json.dumps(words), purpose="account-mail"),
                    },
                    users=(user.pk,),
                )
            ],
        )

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.name = form.cleaned_data.get("name", "").strip()
        user = super().save_user(request, user, form, commit=False)
        user.email = user.email.lower()
        if commit:
            user.save()
        return user

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """The link of the mail. It carries on what one came for (`next`), also to another browser, by way of the sign-in there."""
        address: str = super().get_email_confirmation_url(request, emailconfirmation)
        back = safe_next(request)
        return with_next(address, with_next(reverse("home:after_login"), back)) if back else address

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home:after_login")

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        return reverse("home:after_login")
