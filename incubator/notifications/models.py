"""Delivery, Attempt, Notification, Preference, Reach, WebhookEndpoint, Heartbeat, JobRun."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Organisation
from incubator.lib.clock import now
from incubator.lib.ids import uuid7
from incubator.notifications import states
from incubator.notifications.querysets import AttemptQuerySet, DeliveryQuerySet, NotificationQuerySet, WebhookEndpointQuerySet
from incubator.outbox.models import Aggregate, Event, state_trigger
from incubator.outbox.registry import EMAIL, IN_APP, WEBHOOK

# What a partner may have waiting at its endpoint for a secret to be exchanged.
OLD_SECRET_SIGNS_FOR = timedelta(hours=24)


class Channel(models.TextChoices):
    IN_APP = IN_APP, _("Inbox")
    EMAIL = EMAIL, _("E-mail")
    WEBHOOK = WEBHOOK, _("Webhook")


class WebhookEndpoint(Aggregate):
    """An address of a partner's system. Gets thin, signed messages about what concerns the organisation."""

    machine = states.ENDPOINT

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("organisation"))
    name = models.CharField(_("name"), max_length=80)
    url = models.URLField(_("address"), max_length=500)
    event_types = ArrayField(models.CharField(max_length=80), default=list, blank=True, verbose_name=_("event types"), help_text=_("None chosen means all."))
    secret_sealed = models.CharField(max_length=200, editable=False)
    previous_secret_sealed = models.CharField(max_length=200, blank=True, editable=False)
    previous_secret_until = models.DateTimeField(null=True, editable=False, help_text=_("Of the secret and of the ed25519 key."))
    public_key = models.CharField(
        max_length=80, blank=True, default="", db_default="", editable=False, help_text=_("With it messages are signed by ed25519 as well.")
    )
    private_key_sealed = models.CharField(max_length=200, blank=True, default="", db_default="", editable=False)
    previous_private_key_sealed = models.CharField(max_length=200, blank=True, default="", db_default="", editable=False)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    broken_until = models.DateTimeField(_("not tried before"), null=True, editable=False)
    disabled_reason = models.CharField(max_length=200, blank=True, editable=False)
    status = models.CharField(_("state"), max_length=12, choices=states.EndpointState.choices, default=states.EndpointState.ACTIVE, editable=False)

    objects: ClassVar[WebhookEndpointQuerySet] = WebhookEndpointQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        indexes = [models.Index(fields=["organisation"], name="notifications_endpoint_org", condition=~Q(status="removed"))]
        triggers = [state_trigger(states.ENDPOINT)]

    def __str__(self) -> str:
        return self.name

    def organisation_ids(self) -> tuple[UUID | None, ...]:
        return (self.organisation_id,)

    def wants(self, kind: str) -> bool:
        return not self.event_types or kind in self.event_types

    def is_broken(self) -> bool:
        """Whether the breaker keeps us from trying now."""
        return self.broken_until is not None and self.broken_until > now()


class Delivery(models.Model):
    """One message to one person or endpoint through one channel: what is to be sent, and how far that has come.

    Its clock is Postgres'. Whoever sends it holds the lease, and writes only with the token of its claim.
    """

    machine = states.DELIVERY

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=80)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices)
    recipient = models.CharField(max_length=330, help_text="user:<id>, address:<e-mail> or endpoint:<id>")
    told = models.PositiveSmallIntegerField(help_text=_("Which entry of the event's list of whom to tell."))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("person"))
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.PROTECT, null=True, related_name="+")

    state = models.CharField(_("state"), max_length=10, choices=states.DeliveryState.choices, default=states.DeliveryState.PENDING)
    held_for = models.CharField(max_length=10, blank=True, help_text=_("Which digest it waits for."))
    digest = models.ForeignKey(
        Event, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, help_text=_("The event of the digest that told it.")
    )
    due_at = models.DateTimeField(_("due"))
    expires_at = models.DateTimeField(_("pointless after"))
    rung_at = models.DateTimeField(null=True)
    token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    claims = models.PositiveSmallIntegerField(default=0, help_text=_("Claims without a finish; five end it."))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    tries = models.PositiveSmallIntegerField(default=0, help_text=_("Attempts since it was last asked for; the retry table counts these."))
    note = models.CharField(_("outcome"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"))
    finished_at = models.DateTimeField(_("ended"), null=True)

    objects: ClassVar[DeliveryQuerySet] = DeliveryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [models.UniqueConstraint(fields=["event", "channel", "recipient"], name="notifications_delivery_once")]
        indexes = [
            models.Index(fields=["channel", "due_at"], name="notifications_delivery_due", condition=Q(state="pending")),
            models.Index(fields=["lease_until"], name="notifications_delivery_lease", condition=Q(state="sending")),
            models.Index(fields=["endpoint", "due_at"], name="notifications_delivery_hook", condition=Q(state="pending", endpoint__isnull=False)),
            models.Index(fields=["endpoint", "-id"], name="notifications_delivery_endp", condition=Q(endpoint__isnull=False)),
            models.Index(fields=["organisation", "-id"], name="notifications_delivery_org", condition=Q(endpoint__isnull=False)),
            models.Index(fields=["user", "-id"], name="notifications_delivery_user"),
            models.Index(fields=["state", "-id"], name="notifications_delivery_ended", condition=~Q(state="sent")),
            models.Index(fields=["kind", "-id"], name="notifications_delivery_kind"),
            models.Index(fields=["user", "held_for"], name="notifications_delivery_held", condition=Q(state="held")),
            models.Index(fields=["digest"], name="notifications_delivery_digest", condition=Q(digest__isnull=False)),
        ]
        triggers = [state_trigger(states.DELIVERY)]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel} {self.recipient}"

    def may_be_sent_again(self) -> bool:
        """By hand: it failed, bounced or died, and is still of use."""
        return self.state in states.RESENDABLE and self.expires_at > now()


class Attempt(models.Model):
    """One try of a delivery that came to an end, whichever."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField(_("started"))
    milliseconds = models.PositiveIntegerField(_("took"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=states.DeliveryState.choices)
    response_code = models.PositiveSmallIntegerField(_("answer"), null=True)
    detail = models.CharField(max_length=300, blank=True)
    # Of webhooks only, for the developers who receive them.
    request_id = models.CharField(max_length=64, blank=True, default="", db_default="")
    request_headers = models.JSONField(default=dict, db_default=Value({}, models.JSONField()), help_text=_("As sent; of the signatures only their kind."))
    request_body = models.TextField(blank=True, default="", db_default="")
    response_headers = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    response_excerpt = models.TextField(blank=True, default="", db_default="", help_text=_("Text without markup, 1 KiB at most."))

    objects: ClassVar[AttemptQuerySet] = AttemptQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [models.Index(fields=["delivery", "number"], name="notifications_attempt_delivery")]

    def __str__(self) -> str:
        return f"{self.number}: {self.outcome}"


class Notification(models.Model):
    """A line of a person's inbox. Written in the transaction that finishes its delivery, so exactly once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    delivery = models.OneToOneField(Delivery, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, related_name="+")
    portal = models.CharField(max_length=8, blank=True, help_text=_("Where its page is; empty for pages outside of portals."))
    kind = models.CharField(max_length=80)
    subject_id = models.UUIDField(default=uuid7, editable=False, help_text=_("What it is about: notices of one thing are one thread."))
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"))
    path = models.CharField(max_length=500)
    created_at = models.DateTimeField(_("at"))
    read_at = models.DateTimeField(_("read"), null=True)

    objects: ClassVar[NotificationQuerySet] = NotificationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("notice")
        indexes = [
            models.Index(fields=["user", "-id"], name="notifications_notice_unread", condition=Q(read_at__isnull=True)),
            models.Index(fields=["user", "-id"], name="notifications_notice_read", condition=Q(read_at__isnull=False)),
            models.Index(fields=["user", "subject_id", "-id"], name="notifications_notice_thread"),
        ]

    def __str__(self) -> str:
        return self.title


class Rhythm(models.TextChoices):
    """How a person wants to be told through one channel."""

    IMMEDIATE = "immediate", _("At once")
    DAILY = "daily", _("Once a day, in one mail")
    WEEKLY = "weekly", _("On Mondays, in one mail")
    OFF = "off", _("Not at all")


class Preference(models.Model):
    """What a person chose for one kind and channel. No row: at once, as the kind says."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("person"))
    kind = models.CharField(max_length=80)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices)
    rhythm = models.CharField(_("how often"), max_length=10, choices=Rhythm.choices)
    rhythm_before = models.CharField(
        max_length=10, choices=Rhythm.choices, blank=True, help_text=_("Before it was switched off by a link, so that this can be undone.")
    )
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("preference")
        constraints = [models.UniqueConstraint(fields=["user", "kind", "channel"], name="notifications_preference_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel}: {self.rhythm}"


class Reach(Aggregate):
    """How one person can be reached: when mail waits, up to which day digests were made, and an address that refuses mail.

    What workers note about a person has its history here: the person's own row is saved whole by the sign-in pages.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("person"))
    created_at = models.DateTimeField(_("created"), default=now, editable=False)
    updated_at = models.DateTimeField(_("changed"), default=now, editable=False)
    quiet_begin = models.TimeField(_("no mail from"), null=True, help_text=_("On the person's own clock; the quiet hours may go past midnight."))
    quiet_end = models.TimeField(_("until"), null=True)
    daily_on = models.DateField(
        _("last daily digest"), null=True, help_text=_("A day on the person's calendar. It only grows, so that no digest is made twice.")
    )
    weekly_on = models.DateField(_("last weekly digest"), null=True)
    refused_address = models.CharField(_("address that refuses mail"), max_length=320, blank=True, help_text=_("In small letters. Nothing is sent there."))
    refused_said = models.CharField(_("answer"), max_length=200, blank=True)
    refused_at = models.DateTimeField(_("refused"), null=True)

    class Meta:
        verbose_name = _("reach")
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_begin__isnull=True, quiet_end__isnull=True)
                | (Q(quiet_begin__isnull=False, quiet_end__isnull=False) & ~Q(quiet_begin=models.F("quiet_end"))),
                name="notifications_reach_quiet",
                violation_error_message=_("Quiet hours need a beginning and another end. Fill in both, or neither."),
            )
        ]
        indexes = [models.Index(fields=["-refused_at"], name="notifications_reach_refused", condition=Q(refused_at__isnull=False))]

    def __str__(self) -> str:
        return str(self.user_id)


class Heartbeat(models.Model):
    """A process that was alive and working at `seen_at`. A process that lives but does nothing falls behind too."""

    name = models.CharField(max_length=160, primary_key=True)
    role = models.CharField(max_length=16)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class JobRun(models.Model):
    """A periodic job: its last run with the figures it found, and its last failures. One row per job."""

    name = models.CharField(max_length=120, primary_key=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    is_good = models.BooleanField(default=True)
    problem = models.CharField(max_length=300, blank=True)
    done = models.IntegerField(null=True, help_text=_("How many things it did, if it counts them."))
    milliseconds = models.PositiveIntegerField(null=True)
    failures = models.JSONField(default=list, db_default=Value([], models.JSONField()), help_text=_("The last few, the newest first; they outlast a good run."))
    wanted_at = models.DateTimeField(null=True, help_text=_("Somebody asked for a run now."))
    wanted_by = models.CharField(max_length=200, blank=True, default="", db_default="")
    figures = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    def __str__(self) -> str:
        return self.name
