"""Storing and serving files."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from incubator.files import operations as files
from incubator.files.models import StoredFile
from incubator.lib.clock import now
from incubator.lib.filetypes import NotAccepted
from tests import corpus


@pytest.fixture(autouse=True)
def store(settings, tmp_path: Path) -> Path:
    settings.FILES_ROOT = tmp_path / "files"
    return settings.FILES_ROOT


def keep(content: bytes, name: str = "deck.pdf", **kwargs) -> StoredFile:
    from incubator.accounts.actors import system_actor

    return files.store(SimpleUploadedFile(name, content, content_type=""), by=system_actor(), at=now(), **kwargs)


def lying(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_store_keeps_the_bytes_under_a_random_name(db, store):
    content = corpus.pdf()
    stored = keep(content, "../../deck.pdf")
    assert stored.name == "deck.pdf"
    assert stored.size == len(content)
    assert stored.content_type == "application/pdf"
    assert files.path_of(stored.key).read_bytes() == content
    assert "deck" not in str(files.path_of(stored.key).relative_to(store))
    assert files.path_of(stored.key).stat().st_mode & 0o777 == 0o600


def test_store_refused_file_leaves_nothing(db, store):
    with pytest.raises(NotAccepted):
        keep(b"<html>")
    assert lying(store) == []
    assert not StoredFile.objects.exists()


def test_store_too_large_file_is_refused_with_the_limit(db, settings, store):
    settings.FILE_MAX_BYTES = 1024 * 1024
    with pytest.raises(files.TooLarge, match="larger than 1 MB"):
        keep(corpus.pdf() + b"0" * 1024 * 1024)
    assert lying(store) == []


def test_store_without_room_is_refused_with_the_limit_of_all(db, store):
    with pytest.raises(files.TooLarge, match="All files together may have 100 MB"):
        keep(corpus.pdf(), room=100)


def test_store_picture_wanted_but_document_given_is_refused(db):
    with pytest.raises(NotAccepted, match="image"):
        keep(corpus.pdf(), kind=files.PICTURE)


def test_store_image_is_drawn_anew(db):
    stored = keep(corpus.image() + b"<script>", "logo.png")
    assert b"<script>" not in files.path_of(stored.key).read_bytes()
    assert stored.size == files.path_of(stored.key).stat().st_size


def test_download_stays_a_file(db):
    stored = keep(corpus.pdf(), '計劃 "2026".pdf')
    response = files.download(stored)
    assert response["Content-Disposition"].startswith("attachment")
    assert "filename*=utf-8''" in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in response["Cache-Control"]
    assert b"".join(response.streaming_content) == files.path_of(stored.key).read_bytes()
    response.close()


def test_sweep_removes_only_old_bytes_without_a_row(db, store):
    kept = keep(corpus.pdf())
    orphan = store / "ab" / "abcd"
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_bytes(b"left behind")
    assert files.sweep(at=now(), older_than=3600) == 0
    assert files.sweep(at=now() + timedelta(hours=2), older_than=3600) == 1
    assert files.path_of(kept.key).exists()
    assert not orphan.exists()


def test_discard_removes_row_and_bytes(db, django_capture_on_commit_callbacks):
    stored = keep(corpus.pdf())
    path = files.path_of(stored.key)
    with django_capture_on_commit_callbacks(execute=True):
        files.discard(stored)
    assert not path.exists()
