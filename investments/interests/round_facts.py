"""A round as the lines of its page, the same in every portal."""

from __future__ import annotations

from django.utils.translation import gettext as _

from incubator.web import times
from incubator.web.parts import Fact
from incubator.web.templatetags.web import money
from investments.rounds.models import Round


def facts(round: Round) -> list[Fact]:
    return [
        Fact(_("Instrument"), round.get_instrument_display()),
        Fact(_("Target"), money(round.target, round.currency)),
        Fact(_("Smallest ticket"), money(round.minimum_ticket, round.currency)),
        Fact(_("Valuation or cap"), money(round.valuation_cap, round.currency)),
        Fact(_("Lead investor known"), _("Yes") if round.has_lead else _("No")),
        Fact(_("Open until"), times.day(round.closes_on)),
    ]


def consent_words(round: Round) -> str:
    """What a founder agrees to by sending the round."""
    return _("I agree that, once the park lists the round, %(audience)s see my startup at the level “%(level)s” until it closes.") % {
        "audience": str(round.get_audience_display()).lower(),
        "level": round.get_level_display(),
    }
