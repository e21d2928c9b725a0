"""Markdown from plans and results as HTML that cannot do anything: no HTML of its own, no pictures, safe links only."""

from markdown_it import MarkdownIt

#: `html` is off: what looks like HTML is shown as text. Pictures would be asked of other hosts.
_RENDERER = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable("image")


def as_html(markdown: str) -> str:
    """The text as HTML; links with a scheme that could run anything are left as text (markdown-it's own rule)."""
    return str(_RENDERER.render(markdown))
