"""What happens to texts. The events hold the words: they are the versions."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from incubator.outbox.models import Event
from incubator.outbox.registry import EMAIL, Notice, register


def _its_page(event: Event, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"kind": facts["kind"], "audience": facts["audience"]}


written = register("texts.written", _("wrote the text"))
reset = register("texts.reset", _("went back to the text of the code"))
tried = register(
    "texts.tried",
    _("sent the text to themselves"),
    audiences={"staff": Notice(page="staff:notifications:text", page_args=_its_page, channels=(EMAIL,))},
)
