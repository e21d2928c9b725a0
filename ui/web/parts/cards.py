"""Figures, sections, badges, lists of facts: the small pieces of a page. Everything given as plain text is escaped;
only `Markup` is taken as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from ui.web.parts.links import link

#: What a state of a record looks like: good, busy, waits for somebody, bad; any other is quiet.
TONES = {
    **dict.fromkeys(("active", "sent", "published", "customer", "decided", "valid", "executed", "qualified"), "good"),
    **dict.fromkeys(("scheduled", "sending", "running", "contacted", "new"), "busy"),
    **dict.fromkeys(("paused", "waiting", "expired"), "wait"),
    **dict.fromkeys(("failed", "bounced", "lost", "revoked", "unknown"), "bad"),
}


def joined(parts: Iterable[str | Markup]) -> Markup:
    """The parts one after another."""
    return Markup("").join(parts)


def badge(text: str, tone: str | None = None) -> Markup:
    """A word about a state; its tone (good, busy, wait, bad, quiet) is taken from the word where it is a known one."""
    key = text.casefold().replace(" ", "_")
    return Markup('<span class="badge {}">{}</span>').format(tone or TONES.get(key, "quiet"), text)


def figure(
    label: str, value: str | Markup, note: str | Markup = "", *, tone: str = "", href: str | None = None, picture: str | Markup = ""
) -> Markup:  # fmt: skip
    """One figure: its name, its value as text, a note under it (the change); `picture` is a small chart."""
    name = link(label, href) if href else Markup("{}").format(label)
    said = Markup('<p class="note {}">{}</p>').format(tone, note) if note else ""
    return Markup('<li class="figure"><p class="label">{}</p><p class="value">{}</p>{}{}</li>').format(
        name, value, said, picture
    )


def figures(cards: Iterable[Markup], *, label: str = "Figures", columns: int | None = None) -> Markup:
    """Several figures in a grid; of 4 or 5 `columns` where there is room, else of as many as fit."""
    wanted = f" by-{columns}" if columns else ""
    return Markup('<ul class="figures{}" aria-label="{}">{}</ul>').format(wanted, label, joined(cards))


def section(
    title: str, body: str | Markup, *, key: str = "", note: str | Markup = "", way: tuple[str, str] | None = None
) -> Markup:  # fmt: skip
    """A part of a page under an `<h2>`. `key` is its anchor, `way` a link (text, address) at the right of the title."""
    anchor = Markup(' id="{}"').format(key) if key else ""
    out = link(way[0], way[1], css="more") if way else ""
    said = Markup('<p class="note">{}</p>').format(note) if note else ""
    return Markup('<section class="part"{}><div class="line"><h2>{}</h2>{}</div>{}{}</section>').format(
        anchor, title, out, said, body
    )


def facts(pairs: Sequence[tuple[str, str | Markup]]) -> Markup:
    """Names and values, one pair a line."""
    rows = joined(Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(name, value) for name, value in pairs)
    return Markup('<dl class="facts">{}</dl>').format(rows)


def choices(label: str, ways: Sequence[tuple[str, str, bool]]) -> Markup:
    """Views of the same page as links: (text, address, whether it is the one shown)."""
    items = joined(
        Markup('<a href="{}"{}>{}</a>').format(href, Markup(' aria-current="true"') if here else "", text)
        for text, href, here in ways
    )
    return Markup('<nav class="choices" aria-label="{}">{}</nav>').format(label, items)


def bullets(items: Sequence[str | Markup]) -> Markup:
    """A list of lines."""
    return Markup('<ul class="lines">{}</ul>').format(joined(Markup("<li>{}</li>").format(item) for item in items))


def text_block(text: str) -> Markup:
    """A longer text as it was written, with its line breaks."""
    return Markup('<div class="text">{}</div>').format(text)
