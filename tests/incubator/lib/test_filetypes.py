"""Good files are taken, evil ones are not: type by content, and nothing active inside."""

import io

import pytest

from incubator.lib.filetypes import DOCX, JPEG, PDF, PNG, PPTX, XLSX, NotAccepted, clean_name, identify, redrawn
from tests import corpus

GOOD = [
    ("deck.pdf", corpus.pdf, PDF),
    ("plan.docx", lambda: corpus.office(DOCX), DOCX),
    ("figures.xlsx", lambda: corpus.office(XLSX), XLSX),
    ("deck.PPTX", lambda: corpus.office(PPTX), PPTX),
    ("links.docx", lambda: corpus.office(DOCX, links=corpus.external("hyperlink")), DOCX),
    ("chart.png", corpus.image, PNG),
    ("photo.jpg", lambda: corpus.image("JPEG"), JPEG),
    ("photo.jpeg", lambda: corpus.image("JPEG"), JPEG),
]
EVIL = [
    ("script.pdf", corpus.pdf_with_script),
    ("launch.pdf", corpus.pdf_that_launches),
    ("attached.pdf", corpus.pdf_with_file_inside),
    ("locked.pdf", corpus.pdf_with_password),
    ("cut.pdf", lambda: b"%PDF-1.7\nnothing follows"),
    ("page-then.pdf", lambda: b"<html><script>alert(1)</script></html>" + corpus.pdf()),
    ("empty.pdf", lambda: b""),
    ("renamed.docx", corpus.pdf),
    ("program.pdf", lambda: b"MZ\x90\x00" + b"\0" * 200),
    ("plain.pptx", lambda: corpus.archive({"hello.txt": b"hello"})),
    ("other.xlsx", lambda: corpus.office(DOCX)),
    ("macro.docx", lambda: corpus.office(DOCX, parts={"word/vbaProject.bin": b"x"})),
    ("macrotype.docx", lambda: corpus.office(DOCX, main_type="application/vnd.ms-word.document.macroEnabled.main+xml")),
    ("template.docx", lambda: corpus.office(DOCX, links=corpus.external("attachedTemplate"))),
    ("ole.pptx", lambda: corpus.office(PPTX, links=corpus.external("oleObject"))),
    ("activex.docx", lambda: corpus.office(DOCX, parts={"word/activeX/activeX1.xml": b"<x/>"})),
    ("entities.docx", lambda: corpus.office(DOCX, doctype='<!DOCTYPE t [<!ENTITY a "aaaa">]>')),
    ("bomb.docx", lambda: corpus.office(DOCX, parts={"word/zeros.xml": b"\0" * 30_000_000})),
    ("crowd.docx", lambda: corpus.office(DOCX, parts={f"word/{n}.xml": b"" for n in range(2_100)})),
    ("cut.docx", lambda: corpus.office(DOCX)[:200]),
    ("drawing.svg", lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    ("drawing.png", lambda: b"<svg/>"),
    ("cut.png", lambda: corpus.image(size=(64, 64))[:60]),
    ("gif.png", lambda: corpus.image("GIF")),
    ("huge.png", lambda: corpus.image(size=(7_000, 6_000))),
    ("photo.png", lambda: corpus.image("JPEG")),
]


@pytest.mark.parametrize(("name", "make", "expected"), GOOD, ids=[one[0] for one in GOOD])
def test_good_file_is_known_by_its_content(name, make, expected):
    assert identify(io.BytesIO(make()), name=name) == expected
    assert identify(io.BytesIO(make()), name=name, declared=expected) == expected


@pytest.mark.parametrize(("name", "make"), EVIL, ids=[one[0] for one in EVIL])
def test_evil_file_is_refused_in_words(name, make):
    with pytest.raises(NotAccepted) as refused:
        identify(io.BytesIO(make()), name=name)
    assert "again" in str(refused.value)


def test_declared_type_that_contradicts_the_content_is_refused():
    with pytest.raises(NotAccepted):
        identify(io.BytesIO(corpus.pdf()), name="a.pdf", declared="text/html")


def test_vague_declared_type_is_no_reason_to_refuse():
    assert identify(io.BytesIO(corpus.pdf()), name="a.pdf", declared="application/octet-stream") == PDF


def test_redrawn_image_loses_what_was_hidden_behind_it():
    hidden = corpus.image() + b"<script>alert(1)</script>"
    assert b"script" not in redrawn(io.BytesIO(hidden), PNG)
    assert redrawn(io.BytesIO(corpus.image("JPEG", comment=b"secret place")), JPEG).find(b"secret place") == -1


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\fakepath\\deck.pdf", "deck.pdf"),
        ("deck\r\nSet-Cookie: a=b.pdf", "deckSet-Cookie: a=b.pdf"),
        ("deck\u202efdp.exe", "deckfdp.exe"),
        ("\0.pdf", "file.pdf"),
        ("", "file"),
        ("計劃書.pdf", "計劃書.pdf"),
    ],
)
def test_name_is_data_without_path_or_control_characters(sent, kept):
    assert clean_name(sent) == kept


def test_long_name_keeps_its_ending():
    assert clean_name("a" * 400 + ".pdf").endswith(".pdf")
    assert len(clean_name("a" * 400 + ".pdf")) <= 255
