"""The upload handler that lets nothing oversized reach memory or disk."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest


def dropped(request: HttpRequest) -> set[str]:
    """The fields whose file was dropped on the way in because it was too large."""
    found: set[str] = request.META.get("incubator.too_large", set())
    return found


class CappedUploadHandler(FileUploadHandler):
    """Drops a file as soon as it passes FILE_MAX_BYTES, and all of them in a body no application may send.

    The rest of the body is read and thrown away, so that the page can still answer in words.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        assert self.request is not None
        self.received += len(raw_data)
        whole = int(self.request.META.get("CONTENT_LENGTH") or 0)
        if self.received > settings.FILE_MAX_BYTES or whole > settings.APPLICATION_FILES_MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            assert self.field_name is not None
            self.request.META.setdefault("incubator.too_large", set()).add(self.field_name)
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the keeping to the handlers behind."""
