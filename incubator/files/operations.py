"""Taking files in, reading them back, and serving them so that they stay files."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import sys
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from django.conf import settings
from django.db import transaction
from django.http import FileResponse
from django.utils.translation import gettext_lazy as _

from incubator.files.links import find, forget, issue, open_link, spend
from incubator.files.models import StoredFile
from incubator.files.uploads import dropped
from incubator.lib import filetypes
from incubator.lib.actor import Actor
from incubator.lib.refusals import Invalid

__all__ = [
    "ACCEPTED",
    "ANY",
    "PICTURE",
    "TooLarge",
    "Upload",
    "discard",
    "download",
    "dropped",
    "find",
    "forget",
    "issue",
    "keep",
    "megabytes",
    "open_link",
    "path_of",
    "spend",
    "store",
    "sweep",
    "too_large",
]

ANY, PICTURE = "any", "picture"
KINDS: dict[str, frozenset[str]] = {ANY: frozenset(filetypes.EXTENSIONS), PICTURE: filetypes.IMAGES}
# For the `accept` attribute of a file field.
ACCEPTED = {kind: ",".join(sorted(ending for one in types for ending in filetypes.EXTENSIONS[one])) for kind, types in KINDS.items()}


class TooLarge(Invalid):
    code = "file_too_large"
    status = 413
    message = _("This file is too large.")


class Upload(Protocol):
    """What Django calls an uploaded file."""

    name: str | None
    content_type: str | None

    def chunks(self) -> Iterable[bytes]: ...


@transaction.atomic
def store(upload: Upload, *, by: Actor, at: datetime, kind: str = ANY, room: int | None = None) -> StoredFile:
    """Check a file and keep it below FILES_ROOT under a random name.

    Streams: no more than a chunk is in memory, but for images, which are drawn anew. `room` is how many bytes there
    is room for (the limit per application, less what it has). Raises TooLarge, or filetypes.NotAccepted. Should the
    transaction fail afterwards, the bytes stay behind without a row; `sweep` takes them away.
    """
    name = filetypes.clean_name(upload.name or "")
    most = settings.FILE_MAX_BYTES if room is None else min(settings.FILE_MAX_BYTES, room)
    root = Path(settings.FILES_ROOT)
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=root, prefix="incoming-") as named:
        incoming = cast(BinaryIO, named.file)
        size, digest = _receive(upload.chunks(), incoming, most, room)
        if size == 0:
            raise filetypes.NotAccepted(_("This file is empty. Choose another and try again."))
        found = filetypes.identify(incoming, name=name, declared=upload.content_type or "")
        if found not in KINDS[kind]:
            raise filetypes.NotAccepted(_("Choose a PNG or JPEG image."))
        if found in filetypes.IMAGES:
            picture = filetypes.redrawn(incoming, found)
            incoming.seek(0)
            incoming.truncate()
            size, digest = _receive([picture], incoming, most, room)
        key = secrets.token_hex(24)
        _keep(named.name, key)
    return StoredFile.objects.create(key=key, name=name, size=size, content_type=found, sha256=digest, uploaded_by_id=by.user_id, uploaded_at=at)


def keep(chunks: Iterable[bytes], *, name: str, content_type: str, at: datetime) -> StoredFile:
    """Keep bytes of our own making. Streams. As with `store`, what is left behind without a row is swept away."""
    root = Path(settings.FILES_ROOT)
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=root, prefix="incoming-") as named:
        size, digest = _receive(chunks, cast(BinaryIO, named.file), sys.maxsize, None)
        key = secrets.token_hex(24)
        _keep(named.name, key)
    return StoredFile.objects.create(key=key, name=name, size=size, content_type=content_type, sha256=digest, uploaded_at=at)


def _receive(chunks: Iterable[bytes], incoming: BinaryIO, most: int, room: int | None) -> tuple[int, str]:
    """Write the chunks down; their size and SHA-256."""
    size, digest = 0, hashlib.sha256()
    for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise TooLarge(_no_room() if room is not None and most < settings.FILE_MAX_BYTES else too_large())
        digest.update(chunk)
        incoming.write(chunk)
    incoming.flush()
    return size, digest.hexdigest()


def megabytes(size: int) -> str:
    return f"{size / (1024 * 1024):g} MB"


def too_large() -> str:
    return str(_("This file is larger than %(limit)s. Make it smaller and try again.") % {"limit": megabytes(settings.FILE_MAX_BYTES)})


def _no_room() -> str:
    limit = megabytes(settings.APPLICATION_FILES_MAX_BYTES)
    return str(_("All files together may have %(limit)s, and this one no longer fits. Make it smaller, or remove another.") % {"limit": limit})


def path_of(key: str) -> Path:
    """Where the bytes lie. Keys are ours, random and hexadecimal; never a name that was sent."""
    return Path(settings.FILES_ROOT) / key[:2] / key


def _keep(source: str, key: str) -> None:
    target = path_of(key)
    target.parent.mkdir(exist_ok=True, mode=0o700)
    os.link(source, target)
    target.chmod(0o600)


def discard(file: StoredFile) -> None:
    """Remove a file nothing points to any more: the row now, the bytes once the transaction is through."""
    key = file.key
    file.delete()
    transaction.on_commit(lambda: path_of(key).unlink(missing_ok=True))


def sweep(*, at: datetime, older_than: float) -> int:
    """Remove bytes that no row names and that have lain for `older_than` seconds. Returns how many files went."""
    root, gone = Path(settings.FILES_ROOT), 0
    for folder in root.iterdir() if root.is_dir() else ():
        if not folder.is_dir():
            continue
        old = {path.name: path for path in folder.iterdir() if at.timestamp() - path.stat().st_mtime > older_than}
        for name in old.keys() - set(StoredFile.objects.filter(key__in=old).values_list("key", flat=True)):
            with contextlib.suppress(FileNotFoundError):
                old[name].unlink()
                gone += 1
    return gone


def download(file: StoredFile) -> FileResponse:
    """The file as an answer that no browser opens in our name: attachment, no sniffing, sandboxed, never stored.

    Asks nothing about permission: the view that calls it has found the file through something the reader may see.
    """
    response = FileResponse(path_of(file.key).open("rb"), as_attachment=True, filename=file.name, content_type=file.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
