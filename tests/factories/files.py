"""Stored files. The row alone: the bytes are written by `files.operations.store` in the tests that read them."""

import factory
from factory.django import DjangoModelFactory

from incubator.files.models import StoredFile
from incubator.lib.clock import now
from incubator.lib.ids import uuid7


class StoredFileFactory(DjangoModelFactory[StoredFile]):
    class Meta:
        model = StoredFile

    key = factory.LazyFunction(lambda: uuid7().hex)
    name = factory.Sequence(lambda n: f"deck-{n}.pdf")
    size = 1024
    content_type = "application/pdf"
    sha256 = "0" * 64
    uploaded_at = factory.LazyFunction(now)
