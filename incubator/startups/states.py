"""The three axes of a startup: is its profile verified, who may see it, where does it stand in the park."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from incubator.lib.machine import Family, Machine, edges


class Profile(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Sent for verification")
    CHANGES_REQUESTED = "changes_requested", _("Changes requested")
    VERIFIED = "verified", _("Verified")
    SUSPENDED = "suspended", _("Suspended")
    ARCHIVED = "archived", _("Archived")


PROFILE = Machine(
    Profile,
    edges((Profile.DRAFT, Profile.CHANGES_REQUESTED), Profile.SUBMITTED, "send_for_verification", "founder"),
    edges(Profile.SUBMITTED, Profile.VERIFIED, "verify", "officer", "manager"),
    edges(Profile.SUBMITTED, Profile.CHANGES_REQUESTED, "request_changes", "officer", "manager", needs_reason=True),
    edges(Profile.VERIFIED, Profile.SUSPENDED, "suspend", "manager", needs_reason=True),
    edges(Profile.SUSPENDED, Profile.VERIFIED, "reinstate", "manager", needs_reason=True),
    edges(
        (Profile.DRAFT, Profile.SUBMITTED, Profile.CHANGES_REQUESTED, Profile.VERIFIED, Profile.SUSPENDED),
        Profile.ARCHIVED,
        "archive",
        "manager",
        needs_reason=True,
    ),
    families={
        Profile.DRAFT: Family.REST,
        Profile.SUBMITTED: Family.UNDER_WAY,
        Profile.CHANGES_REQUESTED: Family.WAITING,
        Profile.VERIFIED: Family.GOOD,
        Profile.SUSPENDED: Family.BAD,
        Profile.ARCHIVED: Family.REST,
    },
    field="profile",
)


class Visibility(TextChoices):
    PRIVATE = "private", _("Private")
    PARTNERS = "partners", _("Partners")
    PUBLIC = "public", _("Public")


VISIBILITY = Machine(
    Visibility,
    edges((Visibility.PRIVATE, Visibility.PUBLIC), Visibility.PARTNERS, "show_to_partners", "founder"),
    edges((Visibility.PRIVATE, Visibility.PARTNERS), Visibility.PUBLIC, "show_to_public", "founder"),
    edges((Visibility.PARTNERS, Visibility.PUBLIC), Visibility.PRIVATE, "hide", "founder", "manager", "system"),
    families={
        Visibility.PRIVATE: Family.REST,
        Visibility.PARTNERS: Family.UNDER_WAY,
        Visibility.PUBLIC: Family.GOOD,
    },
    field="visibility",
)


class ParkStage(TextChoices):
    PROSPECT = "prospect", _("Prospect")
    APPLICANT = "applicant", _("Applicant")
    INCUBATEE = "incubatee", _("Incubatee")
    GRADUATE = "graduate", _("Graduate")
    PARK_COMPANY = "park_company", _("Park company")
    ALUMNI = "alumni", _("Alumni")
    DEPARTED = "departed", _("Departed")
    CEASED = "ceased", _("Ceased")


# Derived from records by operations above, never typed; so every step is the system's.
PARK_STAGE = Machine(
    ParkStage,
    edges(ParkStage.PROSPECT, ParkStage.APPLICANT, "set_park_stage", "system"),
    edges((ParkStage.PROSPECT, ParkStage.APPLICANT), ParkStage.INCUBATEE, "set_park_stage", "system"),
    edges(ParkStage.INCUBATEE, ParkStage.GRADUATE, "set_park_stage", "system"),
    edges(ParkStage.INCUBATEE, ParkStage.DEPARTED, "set_park_stage", "system"),
    edges((ParkStage.PROSPECT, ParkStage.APPLICANT, ParkStage.GRADUATE), ParkStage.PARK_COMPANY, "set_park_stage", "system"),
    edges((ParkStage.GRADUATE, ParkStage.PARK_COMPANY), ParkStage.ALUMNI, "set_park_stage", "system"),
    edges(
        (ParkStage.INCUBATEE, ParkStage.GRADUATE, ParkStage.PARK_COMPANY, ParkStage.ALUMNI, ParkStage.DEPARTED),
        ParkStage.CEASED,
        "set_park_stage",
        "system",
        "officer",
    ),
    families={
        ParkStage.PROSPECT: Family.REST,
        ParkStage.APPLICANT: Family.UNDER_WAY,
        ParkStage.INCUBATEE: Family.GOOD,
        ParkStage.GRADUATE: Family.GOOD,
        ParkStage.PARK_COMPANY: Family.GOOD,
        ParkStage.ALUMNI: Family.REST,
        ParkStage.DEPARTED: Family.REST,
        ParkStage.CEASED: Family.BAD,
    },
    field="park_stage",
)


class DisclosureState(TextChoices):
    ACTIVE = "active", _("Open")
    REVOKED = "revoked", _("Taken back")


DISCLOSURE = Machine(
    DisclosureState,
    edges(DisclosureState.ACTIVE, DisclosureState.REVOKED, "revoke", "founder", "manager", "system"),
    families={DisclosureState.ACTIVE: Family.GOOD, DisclosureState.REVOKED: Family.REST},
)
