"""What a file really is, found from its content. Names and declared types only have to agree with it.

Six types are taken. Each is opened by what it claims to be: a PDF without scripts, launch actions or files inside; an
office document whose main part is what its name says, without macros or links to other places; an image that decodes.
"""

import io
import re
import unicodedata
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pikepdf
from django.utils.translation import gettext_lazy as _
from lxml import etree
from PIL import Image, ImageOps, UnidentifiedImageError

from incubator.lib.refusals import Invalid

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
PNG, JPEG = "image/png", "image/jpeg"

EXTENSIONS: dict[str, frozenset[str]] = {
    PDF: frozenset({".pdf"}),
    DOCX: frozenset({".docx"}),
    XLSX: frozenset({".xlsx"}),
    PPTX: frozenset({".pptx"}),
    PNG: frozenset({".png"}),
    JPEG: frozenset({".jpg", ".jpeg"}),
}
IMAGES = frozenset({PNG, JPEG})
# What browsers say when they do not know, or in the old way; anything else must agree with the content.
VAGUE = frozenset({"", "application/octet-stream", "application/zip", "application/x-zip-compressed", "application/x-pdf", "image/jpg", "image/pjpeg"})

ZIP_ENTRIES_AT_MOST = 2_000
ZIP_UNPACKED_AT_MOST = 200 * 1024 * 1024
ZIP_RATIO_AT_MOST = 100
PIXELS_AT_MOST = 40_000_000
PART_AT_MOST = 8 * 1024 * 1024

_MAIN_PARTS = {
    f"{DOCX}.main+xml": DOCX,
    f"{XLSX}.main+xml": XLSX,
    f"{PPTX}.main+xml": PPTX,
}
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"


class NotAccepted(Invalid):
    """This file is not taken; the message says why and what to do."""

    code = "file_not_accepted"


def clean_name(name: str) -> str:
    """The sender's name of the file as data: no path, no control or direction marks, at most 255 characters."""
    base = re.split(r"[\\/]", name)[-1]
    kept = "".join(letter for letter in base if unicodedata.category(letter)[0] != "C").strip().rstrip(".")
    stem, dot, extension = kept.rpartition(".")
    if not dot:
        return kept[:255] or "file"
    return f"{stem[: 250 - len(extension)] or 'file'}.{extension[:16]}"


def identify(file: BinaryIO, *, name: str, declared: str = "") -> str:
    """The real type of an open file. Raises NotAccepted if it is none of ours, is unsafe, or is named as another."""
    file.seek(0)
    start = file.read(8)
    file.seek(0)
    check = next((check for magic, check in _CHECKS if start.startswith(magic)), None)
    if check is None:
        raise NotAccepted(_("This is not a PDF, Word, Excel or PowerPoint file, nor a PNG or JPEG image. Save it as one of these and try again."))
    found = check(file)
    file.seek(0)
    if Path(name).suffix.lower() not in EXTENSIONS[found]:
        raise NotAccepted(_("The name of the file does not fit its content. Give it the ending it had when it was made, and try again."))
    if declared.partition(";")[0].strip().lower() not in VAGUE | {found}:
        raise NotAccepted(_("The file says it is of another type than it is. Save it anew and try again."))
    return found


def redrawn(file: BinaryIO, content_type: str) -> bytes:
    """An image decoded and written anew: the picture stays; metadata, and whatever hid behind it, go."""
    file.seek(0)
    output = io.BytesIO()
    with Image.open(file) as image:
        upright = ImageOps.exif_transpose(image)
        plain = upright.convert("RGB" if content_type == JPEG else "RGBA")
        plain.info = {}
        plain.save(output, "JPEG" if content_type == JPEG else "PNG")
    return output.getvalue()


# ── PDF ─────────────────────────────────────────────────────────────────────
_PDF_ACTIONS = frozenset({"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE"})


def _pdf(file: BinaryIO) -> str:
    try:
        with pikepdf.open(file, attempt_recovery=True) as pdf:
            _refuse_active(pdf)
    except pikepdf.PasswordError:
        raise NotAccepted(_("This PDF is locked with a password. Save it without one and try again.")) from None
    except (pikepdf.PdfError, RecursionError, ValueError):
        raise NotAccepted(_("This PDF cannot be opened. Save or print it as PDF anew and try again.")) from None
    return PDF


def _refuse_active(pdf: pikepdf.Pdf) -> None:
    """Looks into every object, so that nothing hides behind an unusual path."""
    if len(pdf.attachments):
        raise NotAccepted(_("This PDF carries other files inside. Save it without attachments and try again."))
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            _refuse_dictionary(thing)


def _refuse_dictionary(thing: pikepdf.Object, depth: int = 0) -> None:
    names = set(thing.keys())
    if str(thing.get("/S", "")) in _PDF_ACTIONS or "/JS" in names or "/JavaScript" in names:
        raise NotAccepted(_("This PDF contains scripts or actions. Print it as PDF anew and try again."))
    if "/EmbeddedFiles" in names or str(thing.get("/Type", "")) == "/EmbeddedFile" or str(thing.get("/Subtype", "")) in {"/FileAttachment", "/RichMedia"}:
        raise NotAccepted(_("This PDF carries other files inside. Save it without attachments and try again."))
    if depth >= 20:
        return
    for name in names:
        inner = thing.get(name)
        for one in inner if isinstance(inner, pikepdf.Array) else [inner]:
            # what stands in an object of its own is visited as one
            if isinstance(one, pikepdf.Dictionary) and not one.is_indirect:
                _refuse_dictionary(one, depth + 1)


# ── Office documents ────────────────────────────────────────────────────────
def _office(file: BinaryIO) -> str:
    try:
        with zipfile.ZipFile(file) as package:
            _refuse_bomb(package)
            found = _main_part(package)
            _refuse_foreign(package)
    except (zipfile.BadZipFile, zlib.error, KeyError, StopIteration, etree.XMLSyntaxError, NotImplementedError, RuntimeError, OSError, EOFError):
        raise NotAccepted(_("This office file cannot be opened. Save it anew as DOCX, XLSX or PPTX and try again.")) from None
    return found


def _refuse_bomb(package: zipfile.ZipFile) -> None:
    entries = package.infolist()
    packed = sum(entry.compress_size for entry in entries)
    unpacked = sum(entry.file_size for entry in entries)
    heavy = any(entry.file_size > 1024 * 1024 and entry.file_size > ZIP_RATIO_AT_MOST * max(entry.compress_size, 1) for entry in entries)
    if len(entries) > ZIP_ENTRIES_AT_MOST or unpacked > ZIP_UNPACKED_AT_MOST or unpacked > ZIP_RATIO_AT_MOST * max(packed, 1) or heavy:
        raise NotAccepted(_("This file unpacks to far more than it should. Make it smaller, or save it as PDF, and try again."))


def _main_part(package: zipfile.ZipFile) -> str:
    types = _xml(package, "[Content_Types].xml")
    overrides = {one.get("PartName", "").lstrip("/"): one.get("ContentType", "") for one in types.iter(f"{_TYPES}Override")}
    if any("macroEnabled" in kind or "vbaProject" in kind for kind in overrides.values()):
        raise NotAccepted(_("This file contains macros. Save it without macros and try again."))
    links = _xml(package, "_rels/.rels")
    target = next(one.get("Target", "").lstrip("/") for one in links.iter(f"{_RELATIONS}Relationship") if one.get("Type", "").endswith("/officeDocument"))
    if target not in package.namelist():
        raise KeyError(target)
    return _MAIN_PARTS[overrides[target]]


def _refuse_foreign(package: zipfile.ZipFile) -> None:
    for name in package.namelist():
        lowered = name.lower()
        if "vbaproject" in lowered or "/activex/" in lowered or (lowered.endswith((".bin", ".exe", ".js", ".vbs")) and "printersettings" not in lowered):
            raise NotAccepted(_("This file contains macros or embedded programs. Save it without them, or as PDF, and try again."))
        if lowered.endswith(".rels"):
            for link in _xml(package, name).iter(f"{_RELATIONS}Relationship"):
                if link.get("TargetMode") == "External" and not link.get("Type", "").endswith("/hyperlink"):
                    raise NotAccepted(_("This file loads content from another place. Embed the content, or save it as PDF, and try again."))


def _xml(package: zipfile.ZipFile, name: str) -> Any:
    """One part, read no further than a part of this kind ever is long. Parts never have a document type of their own."""
    with package.open(name) as part:
        content = part.read(PART_AT_MOST + 1)
    root = etree.fromstring(content[:PART_AT_MOST], etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    if len(content) > PART_AT_MOST or root.getroottree().docinfo.doctype:
        raise zipfile.BadZipFile(name)
    return root


# ── Images ──────────────────────────────────────────────────────────────────
def _image(format: str, found: str) -> Callable[[BinaryIO], str]:
    def check(file: BinaryIO) -> str:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                with Image.open(file, formats=[format]) as image:
                    if image.width * image.height > PIXELS_AT_MOST:
                        raise NotAccepted(_("This image has more than 40 million pixels. Make it smaller and try again."))
                    image.load()
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise NotAccepted(_("This image cannot be opened. Save it anew as PNG or JPEG and try again.")) from None
        return found

    return check


_CHECKS: tuple[tuple[bytes, Callable[[BinaryIO], str]], ...] = (
    (b"%PDF-", _pdf),
    (b"PK\x03\x04", _office),
    (b"\x89PNG\r\n\x1a\n", _image("PNG", PNG)),
    (b"\xff\xd8\xff", _image("JPEG", JPEG)),
)
