"""Addresses: of a record, of a page with its query, of the chat with a sentence in its box; and links made of them."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from markupsafe import Markup

#: The page on which a record of this noun is shown, and the name of its id in the address.
RECORD_PAGES = {
    "campaign": ("/campaigns", "id"),
    "email_campaign": ("/email", "id"),
    "social_post": ("/social", "id"),
    "workflow": ("/automation", "id"),
    "ab_test": ("/experiments", "id"),
    "template": ("/templates", "id"),
    "lead": ("/leads", "id"),
    "segment": ("/segments", "id"),
    "article": ("/knowledge", "id"),
    "ticket": ("/knowledge", "id"),
    "knowledge": ("/knowledge", "id"),
    "knowledge_item": ("/knowledge", "id"),
}


def address(path: str, **query: object) -> str:
    """`/path?name=value`, without what is None or empty: `address("/campaigns", status="active")`."""
    kept = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(kept, quote_via=quote)}" if kept else path


def record_address(noun: str, record: int | str) -> str | None:
    """Where a record is shown; None for a noun without a page."""
    found = RECORD_PAGES.get(noun)
    return address(found[0], **{found[1]: record}) if found else None


def say_address(sentence: str) -> str:
    """The chat with this sentence in its box, not yet sent."""
    return address("/", say=sentence)


def conversation_address(conversation: str) -> str:
    """A conversation in the chat."""
    return address("/", conversation=conversation)


def link(text: str, href: str | None, *, css: str = "") -> Markup:
    """An `<a>`; the plain text where there is no address. Addresses lead to this site only: "/..." or "#...", or
    "https://..." for a page that opens in a new tab."""
    if href is None or not href.startswith(("/", "#", "?", "https://", "http://")) or href.startswith("//"):
        return Markup("{}").format(text)
    away = Markup(' target="_blank" rel="noopener noreferrer"') if href.startswith("http") else ""
    return Markup('<a href="{}"{}{}>{}</a>').format(href, Markup(' class="{}"').format(css) if css else "", away, text)


def record_link(noun: str, record: int | str, name: str) -> Markup:
    """A record's name as a link to its page."""
    return link(name, record_address(noun, record))


def say_link(text: str, sentence: str) -> Markup:
    """A link that opens the chat with a sentence in its box."""
    return link(text, say_address(sentence), css="say")
