"""Links to bytes: 32 random bytes, stored hashed, for one credential, for a minute, for one fetch."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from incubator.files.models import DownloadLink
from incubator.lib import sealing
from incubator.lib.refusals import Refusal

LIVES = timedelta(seconds=60)


def open_link(subject_label: str, subject_id: UUID, *, credential_id: UUID, at: datetime) -> DownloadLink:
    """A link that nobody knows the token of yet: `issue` gives it. Asks nothing about permission."""
    return DownloadLink.objects.create(
        token_hash=sealing.fingerprint(sealing.new_token()),
        credential_id=credential_id,
        subject_label=subject_label,
        subject_id=subject_id,
        expires_at=at + LIVES,
    )


def issue(link_id: UUID, *, credential_id: UUID, at: datetime) -> tuple[str, DownloadLink]:
    """A new token for the link; the one before is void. Raises Refusal once the link was used or has run out."""
    token = sealing.new_token()
    renewed = _live(at).filter(pk=link_id, credential_id=credential_id).update(token_hash=sealing.fingerprint(token))
    if not renewed:
        raise Refusal(_("This link was used or has run out. Ask for another, with a new Idempotency-Key."), code="link_spent")
    return token, DownloadLink.objects.get(pk=link_id)


def find(token: str, *, credential_id: UUID, at: datetime) -> DownloadLink | None:
    """The link of this token, if it still works for this credential."""
    return _live(at).filter(token_hash=sealing.fingerprint(token), credential_id=credential_id).first()


def spend(link: DownloadLink, *, at: datetime) -> bool:
    """Use the link up. Of many who try at once, one gets True."""
    return bool(_live(at).filter(pk=link.pk, token_hash=link.token_hash).update(used_at=at))


def forget(*, at: datetime) -> int:
    """Delete links that have run out: they lead nowhere any more."""
    return DownloadLink.objects.filter(expires_at__lte=at - LIVES).delete()[0]


def _live(at: datetime) -> QuerySet[DownloadLink]:
    return DownloadLink.objects.filter(expires_at__gt=at, used_at__isnull=True)
