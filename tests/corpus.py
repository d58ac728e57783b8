"""Files as people and attackers send them, made afresh: nothing of this lies in the repository."""

import io
import zipfile
from typing import Any

import pikepdf
from PIL import Image

from incubator.lib.filetypes import DOCX, PPTX, XLSX

MAIN = {DOCX: "word/document.xml", XLSX: "xl/workbook.xml", PPTX: "ppt/presentation.xml"}
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def pdf(**root: Any) -> bytes:
    """A PDF of one page; keyword arguments become entries of its catalogue."""
    output = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        for name, value in root.items():
            document.Root[f"/{name}"] = value
        document.save(output)
    return output.getvalue()


def pdf_with_script() -> bytes:
    return pdf(OpenAction=pikepdf.Dictionary(S=pikepdf.Name("/JavaScript"), JS="app.alert(1)"))


def pdf_that_launches() -> bytes:
    return pdf(OpenAction=pikepdf.Dictionary(S=pikepdf.Name("/Launch"), F="calc.exe"))


def pdf_with_file_inside() -> bytes:
    output = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.attachments["evil.exe"] = b"MZ"
        document.save(output)
    return output.getvalue()


def pdf_with_password() -> bytes:
    output = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(output, encryption=pikepdf.Encryption(owner="o", user="u"))
    return output.getvalue()


def office(kind: str = DOCX, *, parts: dict[str, bytes] | None = None, main_type: str = "", links: str = "", doctype: str = "") -> bytes:
    """An office document of the least parts that one has; `links` are relationships of its main part."""
    main = MAIN[kind]
    folder, _, name = main.rpartition("/")
    types = f'{doctype}<Types xmlns="{PACKAGE}/content-types"><Override PartName="/{main}" ContentType="{main_type or kind + ".main+xml"}"/></Types>'
    root = f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="{main}"/></Relationships>'
    own = f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'
    content = {"[Content_Types].xml": types, "_rels/.rels": root, main: "<document/>", f"{folder}/_rels/{name}.rels": own}
    return archive({**{path: text.encode() for path, text in content.items()}, **(parts or {})})


def archive(parts: dict[str, bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as package:
        for path, content in parts.items():
            package.writestr(path, content)
    return output.getvalue()


def external(kind: str) -> str:
    return f'<Relationship Id="x" Type="{OFFICE}/{kind}" Target="https://evil.example/t.dotm" TargetMode="External"/>'


def image(format: str = "PNG", size: tuple[int, int] = (8, 8), **extra: Any) -> bytes:
    output = io.BytesIO()
    Image.new("RGB", size, "teal").save(output, format, **extra)
    return output.getvalue()
