"""The guide in docs/api/, as pages beside the interactive documentation. The addresses of problems point into it."""

from __future__ import annotations

import itertools
from functools import cache

from django.conf import settings
from markdown_it import MarkdownIt
from markdown_it.token import Token

# In reading order.
NAMES = ("start", "sandbox", "authentication", "errors", "pagination", "exports", "idempotency", "webhooks", "versions", "limits", "clients", "changelog")


@cache
def page(name: str) -> tuple[str, str]:
    """Title and HTML of a page of the guide. Every heading gets an anchor; a heading that is a code gets that code."""
    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse((settings.ROOT / "docs" / "api" / f"{name}.md").read_text())
    title = ""
    for token, inline in itertools.pairwise(tokens):
        if token.type == "heading_open":
            text = _plain(inline)
            title = title or text
            token.attrSet("id", text.lower().replace(" ", "-"))
        elif token.type == "table_open":
            token.attrSet("class", "table")
    body = tokens[3:]  # the title stands in the page's own heading
    renderer = MarkdownIt("commonmark", {"html": False}).enable("table")
    return title, renderer.renderer.render(body, renderer.options, {})


def _plain(inline: Token) -> str:
    return "".join(child.content for child in inline.children or ())
