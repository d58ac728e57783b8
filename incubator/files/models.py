"""StoredFile and DownloadLink."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from incubator.lib.ids import uuid7


class StoredFile(models.Model):
    """One uploaded file as it lies in the store. Never changed; replaced by another."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(max_length=80, unique=True, help_text=_("Random name below FILES_ROOT."))
    name = models.CharField(_("name"), max_length=255, help_text=_("As the sender called it; data, never a path."))
    size = models.PositiveBigIntegerField(_("size in bytes"))
    content_type = models.CharField(_("type"), max_length=100, help_text=_("Found from the content."))
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    uploaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class DownloadLink(models.Model):
    """A link to one thing's bytes for one credential: works once, for a minute. Only the hash of its token is kept.

    `subject` names what it leads to; whoever serves it asks again whether the credential may have that.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    token_hash = models.CharField(max_length=64, unique=True)
    credential_id = models.UUIDField()
    subject_label = models.CharField(max_length=80, help_text="app_label.model")
    subject_id = models.UUIDField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="files_downloadlink_expires")]

    def __str__(self) -> str:
        return f"{self.subject_label} {self.subject_id}"
