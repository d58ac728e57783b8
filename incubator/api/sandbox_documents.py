"""The documents of a sandbox: real files with invented words, of the startups that show everything."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import pikepdf

from incubator.accounts.models import Organisation
from incubator.api import sandbox_world as world
from incubator.files import operations as files
from incubator.lib import filetypes
from incubator.startups.models import Disclosure, Document

A4 = (595, 842)
LINES_FROM, LINE = 760, 24


def fill(twin: Organisation, at: datetime) -> None:
    """Every document of the invented world that is not there, chosen for the twin."""
    shown = Disclosure.objects.filter(organisation=twin, source=Disclosure.Source.FOUNDER, level=Disclosure.Level.FULL, startup__documents__isnull=True)
    for disclosure in shown.select_related("startup").order_by("created_at", "pk"):
        for kind, title in world.DOCUMENTS:
            lines = [disclosure.startup.name, title, "Invented: it stands in your sandbox so that you can fetch a file."]
            file = files.keep([pdf(lines)], name=f"{kind}.pdf", content_type=filetypes.PDF, at=at)
            disclosure.documents.add(Document.objects.create(startup=disclosure.startup, kind=kind, title=title, file=file, created_at=at))


def pdf(lines: list[str]) -> bytes:
    """One page with these lines, in letters that every reader has. ASCII without brackets and backslashes."""
    shown = " ".join(f"({line}) Tj 0 -{LINE} Td" for line in lines)
    with pikepdf.new() as document:
        page = document.add_blank_page(page_size=A4)
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.Contents = document.make_stream(f"BT /F1 14 Tf 60 {LINES_FROM} Td {shown} ET".encode("ascii"))
        written = BytesIO()
        document.save(written)
    return written.getvalue()
