"""From the studio's drafts to the page's HTML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from ui.web.parts import cards, states
from ui.web.parts.formats import count, short_moment, title
from ui.web.parts.links import address, link, say_address
from ui.web.parts.writing import by_whom

PATH = "/content"
KINDS = (("Email", "email"), ("SMS", "sms"), ("Call script", "call_script"), ("Ad copy", "ad"))
SPOKEN = {value: name for name, value in KINDS}
TOOLS = {
    "email": "generate_email",
    "sms": "generate_sms",
    "call_script": "generate_call_script",
    "ad": "generate_ad_copy",
}
#: The inputs that a kind takes, and what its main one is called and asks.
FIELDS = {
    "email": ("topic", "audience", "tone", "campaign"),
    "sms": ("topic", "audience", "tone"),
    "call_script": ("product", "audience", "objective"),
    "ad": ("product", "platform", "audience", "count"),
}
SUBJECTS = {"topic": ("What is it about?", "the summer menu"), "product": ("What is offered?", "our tea subscription")}
MOST_COMPARED = 4


def kinds(current: str) -> Markup:
    """The choice of what to write, as links."""
    return cards.choices(
        "What to write", [(name, address(PATH, kind=value), value == current) for name, value in KINDS]
    )


def voice(found: Any) -> Markup:
    """The brand voice in a line."""
    if found.brand_voice:
        return Markup("In your brand voice: <strong>{}</strong>.").format(found.brand_voice)
    return Markup("No brand voice is set, so texts sound neutral. Say below how your house sounds.")


def drafts(found: Sequence[Any], zone: ZoneInfo, *, kind: str, discarded: bool) -> Markup:
    """The drafts as cards, with what can be done with each."""
    other = (
        link("Back to the drafts", address(PATH, kind=kind))
        if discarded
        else link("Those put aside", address(PATH, kind=kind, aside=1))
    )
    compare = Markup('<div class="compare-bar"><button type="button" class="button" data-compare disabled>Compare</button> <span class="note">Mark two to {} texts to see them side by side.</span> <span class="note">{}</span></div>').format(
        MOST_COMPARED, other
    ) if not discarded else Markup('<p class="note">{}</p>').format(other)  # fmt: skip
    name = SPOKEN[kind].lower()
    if not found:
        body: Markup = (
            states.empty("Nothing is put aside.", "What you put aside can be taken out again here.")
            if discarded
            else states.empty(
                "Nothing is written yet.", f"Fill in the form and press “Write”: each {name} is kept here as a draft."
            )
        )
    else:
        body = Markup('<ul class="draft-cards">{}</ul>').format(
            cards.joined(_card(one, zone, discarded) for one in found)
        )
    return cards.section("Put aside" if discarded else "Drafts", Markup("{}{}").format(compare, body), key="drafts")


def _card(one: Any, zone: ZoneInfo, discarded: bool) -> Markup:
    mark = (
        ""
        if discarded
        else Markup('<label class="mark"><input type="checkbox" data-mark="{}"> <span>Compare</span></label>').format(
            one.id
        )
    )
    kept = one.state == "kept"
    badge = cards.badge("Kept", "good") if kept else ""
    ways = [_button(one.id, "new", "Take it out again")] if discarded else [
        _button(one.id, "new" if kept else "kept", "Kept" if kept else "Keep", pressed=kept),
        link("Save as template", address("/templates", new=1, draft=one.id), css="button"),
        *([link("Make a mailing of it", say_address(f"Create an email campaign with the subject {one.body['subject_line']}"), css="button")]
          if one.kind == "email" else []),
        *([] if kept else [_button(one.id, "discarded", "Put aside")]),
    ]  # fmt: skip
    return Markup(
        '<li class="draft-card{}" id="draft-{}"><div class="line"><h3>{} {}</h3>{}</div><p class="note">Draft {} · {}</p>{}{}<div class="record-buttons">{}</div></li>'
    ).format(
        " kept" if kept else "", one.id, one.title, badge, mark, one.id, short_moment(one.at, zone), _by(one), text(one.kind, one.body),
        Markup("").join(ways),
    )  # fmt: skip


def _by(one: Any) -> Markup:
    return by_whom({"ai_generated": one.ai_generated, "sources": one.sources})


def _button(draft: int, state: str, said: str, *, pressed: bool = False) -> Markup:
    here = Markup(' aria-pressed="true"') if pressed else ""
    return Markup('<button type="button" class="button" data-draft="{}" data-state="{}"{}>{}</button>').format(
        draft, state, here, said
    )


def text(kind: str, body: dict[str, Any]) -> Markup:
    """A draft's parts as a person reads them."""
    if kind == "email":
        return Markup('<div class="piece"><p><strong>{}</strong></p><p class="note">{}</p>{}</div>').format(
            body["subject_line"], body["preview_text"], cards.text_block(body["content"])
        )
    if kind == "sms":
        size = f"{body['characters']} of {body['limit']} characters, {count(body['segments'], 'SMS', 'SMS')} ({body['encoding']})"
        return Markup('<div class="piece">{}<p class="note">{}</p></div>').format(
            cards.text_block(body["content"]), size
        )
    if kind == "call_script":
        replies = [f"“{said}” {answer}" for said, answer in zip(body["objections"], body["answers"], strict=False)]
        parts: list[tuple[str, str | Markup]] = [
            ("Opening", body["opening"]), ("Ask", cards.bullets(body["questions"])), ("Offer", body["offer"]),
            ("If they say", cards.bullets(replies)), ("Close", body["close"]),
        ]  # fmt: skip
        said = cards.joined(Markup("<dt>{}</dt><dd>{}</dd>").format(name, value) for name, value in parts)
        return Markup('<dl class="piece script">{}</dl>').format(said)
    return _ads(body)


def _ads(body: dict[str, Any]) -> Markup:
    where = title(body["platform"]) if body.get("platform") else "Any platform"
    rows = cards.joined(
        Markup('<li><strong>{}</strong> <span class="note">{}/{}</span><br>{} <span class="note">{}/{}{}</span></li>').format(
            ad["headline"], len(ad["headline"]), body["headline_limit"],
            ad["description"], len(ad["description"]), body["description_limit"], ", shortened to fit" if ad["shortened"] else "",
        )
        for ad in body["ads"]
    )  # fmt: skip
    return Markup('<div class="piece"><p class="note">{}</p><ol class="ads">{}</ol></div>').format(where, rows)


def compared(found: Sequence[Any], zone: ZoneInfo, kind: str) -> Markup:
    """Drafts side by side."""
    columns = cards.joined(
        Markup('<li class="draft-card"><h3>{}</h3><p class="note">Draft {} · {}</p>{}{}<div class="record-buttons">{}{}</div></li>').format(
            one.title, one.id, short_moment(one.at, zone), _by(one), text(one.kind, one.body),
            _button(one.id, "new" if one.state == "kept" else "kept", "Kept" if one.state == "kept" else "Keep", pressed=one.state == "kept"),
            link("Save as template", address("/templates", new=1, draft=one.id), css="button"),
        )
        for one in found
    )  # fmt: skip
    back = ("All drafts", address(PATH, kind=kind))
    return cards.section("Side by side", Markup('<ul class="compare">{}</ul>').format(columns), way=back)
