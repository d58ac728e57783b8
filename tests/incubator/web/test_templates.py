"""What holds for every template, whoever wrote it."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

from incubator.web.templatetags.web import icon

ROOT = Path(settings.TEMPLATES[0]["DIRS"][0])
TEMPLATES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.html"))
PAGES = [name for name in TEMPLATES if not name.startswith(("messages/", "letters/", "unfold/"))]
MOST_LINES = 200


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_compiles(name: str):
    get_template(name)


def test_icons_named_in_templates_exist():
    for name in TEMPLATES:
        for found in re.findall(r'{%\s*icon\s+"([^"]+)"', (ROOT / name).read_text()):
            icon(found)


@pytest.mark.parametrize("name", PAGES)
def test_template_has_no_inline_script_or_style(name: str):
    text = (ROOT / name).read_text()
    assert not re.search(r"<script(?![^>]*\b(src|type=\"application/json\"))", text), "put scripts into a static file"
    assert not re.search(r"<style|\sstyle=", text), "put styles into a static file"
    if not name.startswith("staff/"):
        assert not re.search(r"\son[a-z]+=|\shx-on|\sx-(on|data|show)", text), "no code in attributes"


@pytest.mark.parametrize("name", PAGES)
def test_template_is_short_enough_to_read(name: str):
    assert len((ROOT / name).read_text().splitlines()) <= MOST_LINES
