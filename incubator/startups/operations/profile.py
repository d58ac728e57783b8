"""The profile: made and edited by founders, compared with the register by the park."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incubator.accounts import operations as accounts
from incubator.accounts.models import Membership, Organisation, User
from incubator.files import operations as files
from incubator.lib.actor import Actor
from incubator.lib.refusals import IllegalTransition, Invalid, NotAllowed, Refusal, Stale
from incubator.outbox.operations import Tell, record, transition
from incubator.startups import access, events
from incubator.startups.models import Document, Person, Startup
from incubator.startups.states import Profile

# What people type; all else of the row is derived or changed by an operation of its own.
EDITABLE = frozenset(
    {
        "name",
        "name_local",
        "alias",
        "is_stealth",
        "pitch",
        "abstract",
        "website",
        "address",
        "jurisdiction",
        "registration_no",
        "incorporated_on",
        "focus_areas",
        "expertise_wanted",
        "stage",
        "trl",
        "team_size",
        "traction",
        "funding_raised",
        "currency",
        "intellectual_property",
    }
)
# What the park has compared with the register: a change of these asks for a new look.
VERIFIED_FIELDS = frozenset({"name", "registration_no", "jurisdiction", "incorporated_on"})
NEEDED_TO_SEND = ("pitch", "abstract", "jurisdiction", "registration_no", "incorporated_on")
PEOPLE_AT_MOST = 50
DOCUMENTS_AT_MOST = 30


@transaction.atomic
def create(*, name: str, by: Actor, at: datetime, **fields: Any) -> Startup:
    """A startup with its organisation, and the person who acts as its founder.

    Raises Invalid when the person founded a startup of that name already, which catches a button pressed twice.
    """
    if by.user_id is None:
        raise NotAllowed
    user = User.objects.select_for_update().get(pk=by.user_id)
    if Membership.objects.filter(user=user, role="founder", organisation__kind="startup", organisation__name__iexact=name).exists():
        raise Invalid(_("You have a startup of this name already."), field="name")
    organisation = accounts.found(kind="startup", name=name, by=by, at=at)
    accounts.join(user, organisation, "founder", by=by, at=at)
    startup = Startup.objects.create(organisation=organisation, name=name, created_at=at, updated_at=at, **fields)
    record(events.created, startup, by=by, at=at, to_state=Profile.DRAFT)
    return startup


def _to_edit(startup: Startup, by: Actor) -> Startup:
    startup = Startup.objects.locked(startup.pk)
    if not access.may_edit(by, startup):
        raise NotAllowed
    if startup.profile in (Profile.SUSPENDED, Profile.ARCHIVED):
        raise Refusal(_("The profile is suspended or archived and cannot be changed. Ask the park."), code="profile_closed")
    return startup


@transaction.atomic
def edit(startup: Startup, *, changes: Mapping[str, Any], version: int, by: Actor, at: datetime) -> Startup:
    """Change fields of the profile that was read as `version`.

    Locks the startup. Raises Stale if it has changed since, NotAllowed, or Refusal for a suspended profile. A change of
    what the park has verified marks the profile to be looked at again.
    """
    unknown = set(changes) - EDITABLE
    if unknown:
        raise ValueError(f"not typed by anybody: {sorted(unknown)}")
    startup = _to_edit(startup, by)
    changed = {name: value for name, value in changes.items() if getattr(startup, name) != value}
    if not changed:
        return startup
    if startup.version != version:
        raise Stale(_("Somebody else changed the profile in the meantime. Your text is below; compare it with the profile, then save again."))
    for name, value in changed.items():
        setattr(startup, name, value)
    if startup.profile == Profile.VERIFIED and VERIFIED_FIELDS & set(changed):
        startup.reverify_needed = True
    startup.save(update_fields=[*changed, "reverify_needed"])
    if "name" in changed:
        Organisation.objects.filter(pk=startup.organisation_id).update(name=startup.name)
    record(events.edited, startup, by=by, at=at, facts={"fields": sorted(changed)})
    return startup


# ── People and documents ────────────────────────────────────────────────────
@transaction.atomic
def save_person(startup: Startup, person: Person, *, by: Actor, at: datetime) -> Person:
    """Add somebody of the team, or keep what changed about them. Locks the startup. Raises Refusal at fifty, NotAllowed."""
    startup = _to_edit(startup, by)
    person.startup = startup
    if person._state.adding and startup.people.count() >= PEOPLE_AT_MOST:
        raise Refusal(_("A profile lists at most fifty people. Remove somebody first."), code="too_many_people")
    person.save()
    record(events.people_changed, startup, by=by, at=at, facts={"person": person.name})
    return person


@transaction.atomic
def remove_person(person: Person, *, by: Actor, at: datetime) -> None:
    """Take somebody off the team. Locks the startup. Raises NotAllowed."""
    startup = _to_edit(person.startup, by)
    name = person.name
    person.delete()
    record(events.people_changed, startup, by=by, at=at, facts={"person": name})


@transaction.atomic
def add_document(startup: Startup, *, kind: str, title: str, upload: files.Upload, by: Actor, at: datetime) -> Document:
    """Check and keep a document of the profile. Locks the startup. Raises as `files.store`, Refusal at thirty, NotAllowed."""
    startup = _to_edit(startup, by)
    if startup.documents.count() >= DOCUMENTS_AT_MOST:
        raise Refusal(_("A profile carries at most thirty documents. Remove one first."), code="too_many_documents")
    stored = files.store(upload, by=by, at=at)
    document = Document.objects.create(startup=startup, kind=kind, title=title, file=stored, created_at=at)
    record(events.documents_changed, startup, by=by, at=at, facts={"document": title, "sha256": stored.sha256})
    return document


@transaction.atomic
def remove_document(document: Document, *, by: Actor, at: datetime) -> None:
    """Take a document off the profile, and so from everybody it was disclosed to. Locks the startup. Raises NotAllowed."""
    startup = _to_edit(document.startup, by)
    title, stored = document.title, document.file
    document.delete()
    files.discard(stored)
    record(events.documents_changed, startup, by=by, at=at, facts={"document": title})


# ── Verification ────────────────────────────────────────────────────────────
def _founders(startup: Startup, **facts: Any) -> Tell:
    return Tell("founder", {"startup": startup.name, **facts}, organisation=startup.organisation_id, roles=("founder",))


def _staff(startup: Startup) -> Tell:
    facts = {"startup": startup.name, "registration_no": startup.registration_no}
    return Tell("staff", facts, organisation_kind="park", roles=("officer", "manager"))


def lacking(startup: Startup) -> list[str]:
    """The names of the fields that verification needs and that are empty."""
    return [name for name in NEEDED_TO_SEND if not getattr(startup, name)]


@transaction.atomic
def send_for_verification(startup: Startup, *, by: Actor, at: datetime) -> Startup:
    """Ask the park to compare the profile with the register. Locks it. Raises Refusal (something is missing), NotAllowed."""
    startup = Startup.objects.locked(startup.pk)
    missing = lacking(startup)
    if missing:
        labels = ", ".join(str(Startup._meta.get_field(name).verbose_name) for name in missing)  # type: ignore[union-attr]
        raise Refusal(_("Fill these in first: %(fields)s.") % {"fields": labels}, code="profile_incomplete")
    return transition(startup, Profile.SUBMITTED, by=by, at=at, event=events.profile_sent, tell=[_founders(startup), _staff(startup)])


@transaction.atomic
def verify(startup: Startup, *, by: Actor, at: datetime) -> Startup:
    """Confirm that the profile is true: sent for verification, or verified before and changed since. Locks it.

    Raises NotAllowed, or IllegalTransition when nothing waits to be verified.
    """
    startup = Startup.objects.locked(startup.pk)
    if startup.profile == Profile.VERIFIED and startup.reverify_needed:
        if not startup.roles_of(by) & {"officer", "manager"}:
            raise NotAllowed
        Startup.objects.filter(pk=startup.pk).update(reverify_needed=False)
        startup.reverify_needed = False
        record(events.profile_reverified, startup, by=by, at=at)
        return startup
    changes = {"reverify_needed": False}
    return transition(startup, Profile.VERIFIED, by=by, at=at, event=events.profile_verified, changes=changes, tell=[_founders(startup)])


@transaction.atomic
def request_changes(startup: Startup, *, reason: str, by: Actor, at: datetime) -> Startup:
    """Send the profile back with what is to be changed. Raises ReasonNeeded, IllegalTransition, NotAllowed."""
    startup = Startup.objects.locked(startup.pk)
    tell = [_founders(startup, reason=reason.strip())]
    return transition(startup, Profile.CHANGES_REQUESTED, by=by, at=at, event=events.changes_requested, reason=reason, tell=tell)


@transaction.atomic
def suspend(startup: Startup, *, reason: str, by: Actor, at: datetime) -> Startup:
    """Hide the profile from everybody outside and stop new applications. Raises ReasonNeeded, IllegalTransition, NotAllowed."""
    startup = Startup.objects.locked(startup.pk)
    tell = [_founders(startup, reason=reason.strip())]
    return transition(startup, Profile.SUSPENDED, by=by, at=at, event=events.profile_suspended, reason=reason, tell=tell)


@transaction.atomic
def reinstate(startup: Startup, *, reason: str, by: Actor, at: datetime) -> Startup:
    """End a suspension. Raises ReasonNeeded, IllegalTransition, NotAllowed."""
    startup = Startup.objects.locked(startup.pk)
    if startup.profile != Profile.SUSPENDED:
        raise IllegalTransition
    return transition(startup, Profile.VERIFIED, by=by, at=at, event=events.profile_reinstated, reason=reason, tell=[_founders(startup)])


@transaction.atomic
def archive(startup: Startup, *, reason: str, by: Actor, at: datetime) -> Startup:
    """Put the profile away for good; its history stays. Raises ReasonNeeded, IllegalTransition, NotAllowed."""
    startup = Startup.objects.locked(startup.pk)
    tell = [_founders(startup, reason=reason.strip())]
    return transition(startup, Profile.ARCHIVED, by=by, at=at, event=events.profile_archived, reason=reason, tell=tell)
