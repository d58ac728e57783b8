"""The roles a person may hold within an organisation, and the portals they open."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incubator.lib.actor import Actor


class OrganisationKind(TextChoices):
    PARK = "park", _("Park")
    STARTUP = "startup", _("Startup")
    PARTNER = "partner", _("Partner")
    INVESTOR = "investor", _("Investor")


class Role(TextChoices):
    FOUNDER = "founder", _("Founder")
    MEMBER = "member", _("Team member")
    REVIEWER = "reviewer", _("Reviewer")
    CHAIR = "chair", _("Panel chair")
    OFFICER = "officer", _("Programme officer")
    READONLY = "readonly", _("Officer, reading only")
    MANAGER = "manager", _("Programme manager")
    FINANCE = "finance", _("Finance")
    FACILITY = "facility", _("Facility manager")
    PARTNERSHIP = "partnership", _("Partnership manager")
    EDITOR = "editor", _("Editor")
    INVEST = "invest", _("Investment manager")
    PARTNER = "partner", _("Partner representative")
    INVESTOR = "investor", _("Investor")
    ADMIN = "admin", _("Administrator")


ROLES_BY_KIND: dict[str, frozenset[str]] = {
    OrganisationKind.STARTUP: frozenset({Role.FOUNDER, Role.MEMBER}),
    OrganisationKind.PARTNER: frozenset({Role.PARTNER}),
    OrganisationKind.INVESTOR: frozenset({Role.INVESTOR}),
    OrganisationKind.PARK: frozenset(
        {
            Role.REVIEWER,
            Role.CHAIR,
            Role.OFFICER,
            Role.READONLY,
            Role.MANAGER,
            Role.FINANCE,
            Role.FACILITY,
            Role.PARTNERSHIP,
            Role.EDITOR,
            Role.INVEST,
            Role.ADMIN,
        }
    ),
}

REVIEW_ROLES: frozenset[str] = frozenset({Role.REVIEWER, Role.CHAIR})
STAFF_ROLES: frozenset[str] = ROLES_BY_KIND[OrganisationKind.PARK] - {Role.REVIEWER}

# Which organisations and which of their roles each portal is for. A person acts for one organisation at a time.
PORTALS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "my": (frozenset({OrganisationKind.STARTUP}), ROLES_BY_KIND[OrganisationKind.STARTUP]),
    "partner": (
        frozenset({OrganisationKind.PARTNER, OrganisationKind.INVESTOR}),
        frozenset({Role.PARTNER, Role.INVESTOR}),
    ),
    "review": (frozenset({OrganisationKind.PARK}), REVIEW_ROLES),
    "staff": (frozenset({OrganisationKind.PARK}), STAFF_ROLES),
}


def is_staff(actor: Actor) -> bool:
    """Whether the actor is the system or acts for the park with a staff role (reviewers alone are not staff)."""
    return actor.kind == "system" or (actor.organisation_kind == "park" and bool(actor.roles & STAFF_ROLES))
