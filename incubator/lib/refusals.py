"""The one family of exceptions for «no»: a page shows the message, the API answers with the status and the code."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """An operation that may not happen now. Nothing was changed.

    `code` is stable and machine-readable; `message` says what happened and what to do; `allowed` names the states
    or verbs that would be possible instead; `field` names the input at fault, where there is one.
    """

    code = "refused"
    status = 409
    message: str | Promise = _("This is not possible now.")

    def __init__(
        self,
        message: str | Promise | None = None,
        *,
        code: str | None = None,
        field: str | None = None,
        allowed: Iterable[str] = (),
    ) -> None:
        if message is not None:
            self.message = message
        if code is not None:
            self.code = code
        self.field = field
        self.allowed = tuple(allowed)
        super().__init__(self.message)

    def __str__(self) -> str:
        return str(self.message)


class IllegalTransition(Refusal):
    """The table of states has no way from here to there."""

    code = "illegal_transition"
    message = _("This step is not possible from the present state. Reload the page to see what is.")


class NotAllowed(Refusal):
    """The row may be seen, but this person may not do this to it."""

    code = "not_allowed"
    status = 403
    message = _("You do not have the role that this step needs.")


class Stale(Refusal):
    """Somebody else was faster: the row has changed since it was read."""

    code = "stale"
    message = _("Somebody else changed this in the meantime. Reload the page, look at the change and try again.")


class Invalid(Refusal):
    """The input is well-formed but not acceptable; `field` names the culprit."""

    code = "invalid"
    status = 422
    message = _("Something in the input is not acceptable.")


class ReasonNeeded(Invalid):
    code = "reason_needed"
    message = _("Say why: this step needs a reason.")
