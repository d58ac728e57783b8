"""Markdown that staff and founders write, as HTML that is safe to show."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {"a", "blockquote", "br", "code", "em", "h3", "h4", "h5", "hr", "li", "ol", "p", "pre", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"}

# Raw HTML in the text stays text; two levels are added to headings, since the page has its own first two.
_reader = MarkdownIt("commonmark", {"html": False, "typographer": True}).enable(["table", "replacements", "smartquotes"])


def render(text: str) -> SafeString:
    """The text as HTML with the few tags that prose needs. Links go to http, https and mailto only."""
    tokens = _reader.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1:]) + 2, 5)}"
    html = _reader.renderer.render(tokens, _reader.options, {})
    return mark_safe(  # noqa: S308 - cleaned by nh3, which knows these tags and no other
        nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"}, link_rel="noopener nofollow")
    )
