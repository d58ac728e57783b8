"""Startup and its people, documents, disclosures, and who read what."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Organisation
from incubator.files.models import StoredFile
from incubator.lib.clock import now
from incubator.lib.ids import uuid7
from incubator.outbox.models import Aggregate, edition_trigger, state_trigger
from incubator.startups import states
from incubator.startups.querysets import TOPIC, AreaQuerySet, DisclosureQuerySet, DisclosureReadQuerySet, DocumentQuerySet, StartupQuerySet


class Area(Aggregate):
    """An entry of the two taxonomies: focus areas of startups and programmes, and areas of expertise.

    Rows elsewhere name it by its code, so that the code never changes and an area is never deleted.
    """

    class Kind(models.TextChoices):
        FOCUS = "focus", _("Focus area")
        EXPERTISE = "expertise", _("Area of expertise")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    slug = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    created_at = models.DateTimeField(_("created"), default=now, editable=False)
    updated_at = models.DateTimeField(_("changed"), default=now, editable=False)

    objects: ClassVar[AreaQuerySet] = AreaQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("area")

    def __str__(self) -> str:
        return self.name


class Startup(Aggregate):
    """A startup or park company: one record for life, filled once and reused by every application."""

    class Stage(models.TextChoices):
        IDEA = "idea", _("Idea")
        PROTOTYPE = "prototype", _("Prototype")
        PILOT = "pilot", _("Pilot customers")
        REVENUE = "revenue", _("Revenue")
        SCALING = "scaling", _("Scaling")

    machine = states.PROFILE

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="startup")
    name = models.CharField(_("name"), max_length=160)
    name_local = models.CharField(_("name in Chinese"), max_length=160, blank=True)
    alias = models.CharField(_("name while in stealth"), max_length=80, blank=True, help_text=_("Shown instead of the name in lists."))
    is_stealth = models.BooleanField(_("in stealth"), default=False)
    pitch = models.CharField(_("one-line pitch"), max_length=140, blank=True)
    abstract = models.TextField(_("abstract"), max_length=3000, blank=True)
    website = models.URLField(_("website"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=250, blank=True)
    jurisdiction = models.CharField(_("incorporated in"), max_length=2, blank=True, help_text=_("Country code."))
    registration_no = models.CharField(_("registration number"), max_length=40, blank=True)
    incorporated_on = models.DateField(_("incorporated on"), null=True, blank=True)
    focus_areas = ArrayField(models.SlugField(max_length=40), default=list, blank=True, verbose_name=_("focus areas"))
    expertise_wanted = ArrayField(models.SlugField(max_length=40), default=list, blank=True, verbose_name=_("expertise wanted"))
    stage = models.CharField(_("stage"), max_length=12, choices=Stage.choices, default=Stage.IDEA)
    trl = models.PositiveSmallIntegerField(
        _("technology readiness level"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(9)],
        help_text=_("1 (basic principles) to 9 (proven in operation)."),
    )
    team_size = models.PositiveIntegerField(_("team size"), default=1)
    traction = models.TextField(_("traction"), max_length=2000, blank=True)
    funding_raised = models.DecimalField(_("funds raised"), max_digits=14, decimal_places=2, default=0)
    currency = models.CharField(_("currency"), max_length=3, default="HKD")
    intellectual_property = models.TextField(_("intellectual property"), max_length=2000, blank=True)

    profile = models.CharField(_("profile"), max_length=20, choices=states.Profile.choices, default=states.Profile.DRAFT)
    visibility = models.CharField(_("visibility"), max_length=12, choices=states.Visibility.choices, default=states.Visibility.PRIVATE)
    park_stage = models.CharField(_("park stage"), max_length=16, choices=states.ParkStage.choices, default=states.ParkStage.PROSPECT)
    reverify_needed = models.BooleanField(_("needs verifying again"), default=False)
    search = models.GeneratedField(
        expression=SearchVector("name", config="simple") + SearchVector("pitch", config="english") + SearchVector("abstract", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects: ClassVar[StartupQuerySet] = StartupQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("startup")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(trl__gte=1, trl__lte=9),
                name="startups_startup_trl",
                violation_error_message=_("The technology readiness level runs from 1 to 9."),
            ),
            models.CheckConstraint(
                condition=~models.Q(visibility=states.Visibility.PUBLIC)
                | models.Q(profile__in=[states.Profile.VERIFIED, states.Profile.SUSPENDED, states.Profile.ARCHIVED]),
                name="startups_startup_public_verified",
                violation_error_message=_("Only a verified profile can be public."),
            ),
        ]
        indexes = [
            models.Index(fields=["-updated_at", "-id"], name="startups_startup_updated"),
            models.Index(fields=["stage", "-updated_at", "-id"], name="startups_startup_stage"),
            models.Index(fields=["updated_at", "id"], condition=models.Q(profile="submitted"), name="startups_startup_submitted"),
            GinIndex(fields=["search"], name="startups_startup_search"),
            # None on focus areas: there are few, each with many startups, and with words Postgres would read both at length.
        ]
        triggers = [
            state_trigger(states.PROFILE),
            state_trigger(states.VISIBILITY),
            state_trigger(states.PARK_STAGE),
            edition_trigger(TOPIC),
        ]

    def __str__(self) -> str:
        return self.name

    def organisation_ids(self) -> tuple[UUID | None, ...]:
        return (self.organisation_id,)

    @property
    def listed_name(self) -> str:
        """The name for lists: the alias while the startup is in stealth."""
        return self.alias or str(_("A startup in stealth")) if self.is_stealth else self.name


class Person(models.Model):
    """Somebody of the team, whether or not they have an account."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    startup = models.ForeignKey(Startup, on_delete=models.CASCADE, related_name="people")
    name = models.CharField(_("name"), max_length=120)
    title = models.CharField(_("role in the company"), max_length=80)
    is_founder = models.BooleanField(_("founder"), default=False)
    is_full_time = models.BooleanField(_("full-time"), default=True)
    is_technical = models.BooleanField(_("technical"), default=False)
    equity_percent = models.DecimalField(
        _("equity in per cent"),
        max_digits=5,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    profile_url = models.URLField(_("public profile"), blank=True)

    class Meta:
        verbose_name = _("person of the team")
        verbose_name_plural = _("people of the team")
        indexes = [models.Index(fields=["startup", "id"], name="startups_person_startup")]
        triggers = [edition_trigger(TOPIC)]

    def __str__(self) -> str:
        return self.name


class Document(models.Model):
    """A file of the startup's profile that it may disclose: deck, certificate, report."""

    class Kind(models.TextChoices):
        DECK = "deck", _("Pitch deck")
        CERTIFICATE = "certificate", _("Certificate")
        REPORT = "report", _("Report")
        OTHER = "other", _("Other")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    startup = models.ForeignKey(Startup, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.DECK)
    title = models.CharField(_("title"), max_length=120)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("added"), default=now, editable=False)

    objects: ClassVar[DocumentQuerySet] = DocumentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("document")
        triggers = [edition_trigger(TOPIC)]

    def __str__(self) -> str:
        return self.title


class Disclosure(Aggregate):
    """What the founder lets somebody see: everybody, all partners, or one organisation; teaser, summary or full."""

    class Audience(models.TextChoices):
        PUBLIC = "public", _("The public")
        PARTNERS = "partners", _("All partners")
        INVESTORS = "investors", _("All investors")
        ORGANISATION = "organisation", _("One organisation")

    class Level(models.IntegerChoices):
        TEASER = 1, _("Teaser")
        SUMMARY = 2, _("Summary")
        FULL = 3, _("Full")

    class Source(models.TextChoices):
        FOUNDER = "founder", _("Founder")
        REQUEST = "request", _("Support request")
        PILOT = "pilot", _("Pilot")
        REFERRAL = "referral", _("Referral")
        ROUND = "round", _("Listed round")
        INTEREST = "interest", _("Investment interest")

    machine = states.DISCLOSURE

    startup = models.ForeignKey(Startup, on_delete=models.CASCADE, related_name="disclosures")
    audience = models.CharField(_("audience"), max_length=12, choices=Audience.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    level = models.PositiveSmallIntegerField(_("level"), choices=Level.choices)
    documents = models.ManyToManyField(Document, blank=True, related_name="+")
    source = models.CharField(_("because of"), max_length=12, choices=Source.choices, default=Source.FOUNDER)
    status = models.CharField(_("state"), max_length=12, choices=states.DisclosureState.choices, default=states.DisclosureState.ACTIVE)
    expires_at = models.DateTimeField(_("until"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("taken back"), null=True, editable=False)

    objects: ClassVar[DisclosureQuerySet] = DisclosureQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("disclosure")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(audience="organisation", organisation__isnull=False)
                | (~models.Q(audience="organisation") & models.Q(organisation__isnull=True)),
                name="startups_disclosure_audience",
                violation_error_message=_("Name the organisation, or choose all partners or the public."),
            ),
            models.UniqueConstraint(
                fields=["startup", "audience", "organisation", "source"],
                condition=models.Q(status="active"),
                nulls_distinct=False,
                name="startups_disclosure_once",
                violation_error_message=_("There is an open disclosure for this audience already."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["startup", "audience", "organisation"],
                include=["level", "expires_at"],
                condition=models.Q(status="active"),
                name="startups_disclosure_live",
            ),
            models.Index(
                fields=["audience", "organisation", "startup"],
                include=["level", "expires_at"],
                condition=models.Q(status="active"),
                name="startups_disclosure_reach",
            ),
            models.Index(
                fields=["organisation", "startup"],
                condition=models.Q(status="active", organisation__isnull=False),
                name="startups_disclosure_org",
            ),
            models.Index(fields=["expires_at"], condition=models.Q(status="active", expires_at__isnull=False), name="startups_disclosure_ends"),
        ]
        triggers = [state_trigger(states.DISCLOSURE), edition_trigger(TOPIC)]

    def __str__(self) -> str:
        return f"{self.get_audience_display()}: {self.get_level_display()}"

    def organisation_ids(self) -> tuple[UUID | None, ...]:
        return (self.startup.organisation_id,)

    @property
    def is_switch(self) -> bool:
        """Whether this row is what the visibility switch stands for."""
        return self.source == self.Source.FOUNDER and self.audience in (self.Audience.PARTNERS, self.Audience.PUBLIC)

    @property
    def is_live(self) -> bool:
        """Neither taken back nor run out."""
        return self.status == states.DisclosureState.ACTIVE and (self.expires_at is None or self.expires_at > now())


class ChosenDocument(Disclosure.documents.through):  # type: ignore[name-defined, misc]
    """That a disclosure shows a document."""

    class Meta:
        proxy = True
        triggers = [edition_trigger(TOPIC)]


class DisclosureRead(models.Model):
    """One answer that showed startups to somebody outside the park; the founder sees these. Append-only."""

    class Kind(models.TextChoices):
        LISTED = "listed", _("Listed")
        OPENED = "opened", _("Opened")
        FILE = "file", _("File fetched")
        EXPORTED = "exported", _("Exported")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    startup_ids = ArrayField(models.UUIDField())
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    credential_id = models.UUIDField(null=True)
    at = models.DateTimeField()

    objects: ClassVar[DisclosureReadQuerySet] = DisclosureReadQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [GinIndex(fields=["startup_ids"], name="startups_read_startups")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class Tie(models.Model):
    """A bond between a person or an organisation and a startup; conflicts of interest are computed from these."""

    class Kind(models.TextChoices):
        EMPLOYMENT = "employment", _("Works or worked there")
        SHAREHOLDING = "shareholding", _("Holds shares")
        FAMILY = "family", _("Family or close friend")
        ADVISER = "adviser", _("Adviser or mentor")
        INTEREST = "interest", _("Investment interest")
        COMPETITOR = "competitor", _("Competitor")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    startup = models.ForeignKey(Startup, on_delete=models.CASCADE, related_name="ties")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, related_name="+")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    note = models.CharField(_("note"), max_length=300, blank=True)
    from_on = models.DateField(_("from"), null=True)
    until_on = models.DateField(_("until"), null=True)

    class Meta:
        verbose_name = _("tie")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=False, organisation__isnull=True) | models.Q(user__isnull=True, organisation__isnull=False),
                name="startups_tie_one_end",
                violation_error_message=_("A tie has either a person or an organisation at its other end."),
            ),
            models.UniqueConstraint(fields=["startup", "user", "organisation", "kind"], nulls_distinct=False, name="startups_tie_once"),
        ]
        indexes = [
            models.Index(fields=["user", "startup"], name="startups_tie_user"),
            models.Index(fields=["organisation", "startup"], name="startups_tie_organisation"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
