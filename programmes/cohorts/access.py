"""Who may decide, release, and answer an offer."""

from incubator.lib.actor import Actor
from programmes.applications.models import Application

DECIDERS = frozenset({"manager"})
CONDITIONAL_DECIDERS = frozenset({"manager", "chair"})
READERS_OF_DELIBERATION = frozenset({"manager", "chair", "officer", "admin", "readonly"})
ONBOARDERS = frozenset({"officer", "manager"})


def may_decide(actor: Actor) -> bool:
    return actor.organisation_kind == "park" and bool(actor.roles & CONDITIONAL_DECIDERS)


def may_release(actor: Actor) -> bool:
    return actor.organisation_kind == "park" and bool(actor.roles & DECIDERS)


def may_follow_letters(actor: Actor) -> bool:
    """Those who may read what is sent; the page that it leads to asks again."""
    return actor.organisation_kind == "park" and bool(actor.roles & {"officer", "manager", "admin"})


def may_see_deliberation(actor: Actor) -> bool:
    return actor.organisation_kind == "park" and bool(actor.roles & READERS_OF_DELIBERATION)


def may_onboard(actor: Actor) -> bool:
    return actor.organisation_kind == "park" and bool(actor.roles & ONBOARDERS)


def may_answer_offer(actor: Actor, application: Application) -> bool:
    """The founder of the startup alone signs; members of the team read along. Needs `startup` loaded."""
    return "founder" in actor.roles and actor.organisation_id == application.startup.organisation_id
