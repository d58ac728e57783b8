"""FormVersion, Question, AnswerSet, Answer, Revision."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.accounts.models import Organisation
from incubator.lib.ids import uuid7
from incubator.outbox.models import Aggregate
from programmes.forms.querysets import AnswerSetQuerySet, FormVersionQuerySet


class FormVersion(Aggregate):
    """One version of a form. Frozen when the first intake with it opens; later changes are a new version.

    `sections` is a list of `{"key", "title", "help"}` in order; each is one page of the form.
    """

    name = models.CharField(_("name"), max_length=120)
    number = models.PositiveSmallIntegerField(_("version"), default=1)
    sections = models.JSONField(_("sections"), default=list)
    frozen_at = models.DateTimeField(_("frozen"), null=True, editable=False)

    objects: ClassVar[FormVersionQuerySet] = FormVersionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("form version")
        constraints = [
            models.UniqueConstraint(
                fields=["name", "number"],
                name="forms_formversion_number",
                violation_error_message=_("This form has a version with that number already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.number}"


class Question(models.Model):
    """One question of a form version.

    `choices` is a list of `{"value", "label"}`; `columns` of a table a list of `{"key", "label", "kind"}` with kind
    text, number, money, date or yes_no; `condition` is `{"question": key, "is": value}` (or a list of values): the
    question is asked only then.
    """

    class Kind(models.TextChoices):
        SHORT_TEXT = "short_text", _("Short text")
        LONG_TEXT = "long_text", _("Long text")
        NUMBER = "number", _("Number")
        MONEY = "money", _("Amount of money")
        DATE = "date", _("Date")
        SINGLE_CHOICE = "single_choice", _("One of several")
        MULTIPLE_CHOICE = "multiple_choice", _("Any of several")
        YES_NO = "yes_no", _("Yes or no")
        TABLE = "table", _("Table of rows")
        FILE = "file", _("File")
        DECLARATION = "declaration", _("Declaration")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    form_version = models.ForeignKey(FormVersion, on_delete=models.CASCADE, related_name="questions")
    section = models.SlugField(_("section"), max_length=40)
    key = models.SlugField(_("key"), max_length=40, help_text=_("Stable name that rules and exports use."))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    label = models.CharField(_("question"), max_length=300)
    help_text = models.CharField(_("help"), max_length=600, blank=True)
    is_required = models.BooleanField(_("required"), default=True)
    max_length = models.PositiveIntegerField(_("longest text"), null=True, blank=True)
    minimum = models.DecimalField(_("smallest"), max_digits=16, decimal_places=2, null=True, blank=True)
    maximum = models.DecimalField(_("largest"), max_digits=16, decimal_places=2, null=True, blank=True)
    choices = models.JSONField(_("choices"), default=list, blank=True)
    columns = models.JSONField(_("columns"), default=list, blank=True)
    condition = models.JSONField(_("asked only if"), null=True, blank=True)
    profile_field = models.CharField(_("taken from the profile"), max_length=40, blank=True, help_text=_("Field of the startup that fills this in."))
    names_people = models.BooleanField(
        _("names people"), default=False, help_text=_("Hidden from reviewers in calls where they do not learn the founders' names.")
    )

    class Meta:
        verbose_name = _("question")
        constraints = [
            models.UniqueConstraint(
                fields=["form_version", "key"],
                name="forms_question_key",
                violation_error_message=_("Another question of this form has that key."),
            )
        ]
        indexes = [models.Index(fields=["form_version", "position", "id"], name="forms_question_order")]

    def __str__(self) -> str:
        return self.label


class AnswerSet(models.Model):
    """The answers of one organisation to one form version, while they are being written."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(editable=False)

    objects: ClassVar[AnswerSetQuerySet] = AnswerSetQuerySet.as_manager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return str(self.pk)


class Answer(models.Model):
    """One answer. Its version goes up with each save; a save that names an older version is refused."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    answer_set = models.ForeignKey(AnswerSet, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    value: models.JSONField[Any, Any] = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer_set", "question"], name="forms_answer_once")]

    def __str__(self) -> str:
        return f"{self.question_id} v{self.version}"


class Revision(models.Model):
    """All answers as they were when they were sent: never changed. `answers` maps question keys to values."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    answer_set = models.ForeignKey(AnswerSet, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    answers = models.JSONField(encoder=DjangoJSONEncoder)
    sha256 = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer_set", "number"], name="forms_revision_number")]

    def __str__(self) -> str:
        return f"#{self.number}"
