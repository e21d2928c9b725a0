"""From the hub's health, facts, tokens and settings to the page's HTML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from markupsafe import Markup

from ui.web.parts import cards, states
from ui.web.parts.formats import count, short_moment, title
from ui.web.parts.table import Cell, Column, Row, records_table

if TYPE_CHECKING:
    from agent import Health
    from agent.access import TokenView
    from agent.viewing.house import AccountView, HouseFacts, SettingView

#: The parts of the page in their order: anchor and title.
PARTS = (
    ("health", "Health"), ("house", "The house"), ("people", "People and programs"), ("accounts", "Accounts"),
    ("models", "Models"), ("database", "Database and index"), ("mail", "Mail"), ("pages", "Pages"),
)  # fmt: skip
#: What is said above the settings of a section.
NOTES = {
    "models": "The hub uses Ollama where it answers, else its embedded model, else none: then commands, forms and clear "
    "sentences work, and drafts are filled from templates.",
    "database": "SQLite in the hub's folder, or PostgreSQL. The search index can be rebuilt from the database at any time: "
    "marketing-hub reindex.",
    "mail": "Without a mail server mailings can be written and planned, and none can be sent.",
    "house": "",
    "pages": "Where these pages are served.",
}
HOW = "These are read when the hub starts: set the variable, or write the name in small letters into hub.toml, then start it again."
WHO = {"read": "look", "write": "change records, ask for plans", "approve": "decide on plans"}


def contents() -> Markup:
    """Links to the parts of the page."""
    return cards.choices("Parts of this page", [(name, f"#{key}", False) for key, name in PARTS])


def health(parts: Sequence[Health]) -> Markup:
    """Each part of the house: what is in use, what is wrong with it, what mends it."""
    items = cards.joined(_health(part) for part in parts)
    return cards.section("Health", Markup('<ul class="health">{}</ul>').format(items), key="health")


def house(facts: HouseFacts) -> Markup:
    """What the house knows of itself."""
    known = [("Name", facts.name), ("Industry", facts.industry), ("Brand voice", facts.voice)]
    body = cards.facts([(name, value or Markup('<span class="quiet">not told yet</span>')) for name, value in known])
    return cards.section(
        "The house",
        body,
        key="house",
        note="Used in every draft, in hashtags, in reports and in the footer of mailings.",
    )


def tokens(found: Sequence[TokenView], zone: ZoneInfo) -> Markup:
    """Every token with what it may do, and a button that revokes it."""
    columns = [
        Column("Name"), Column("Begins with", sorts=False), Column("May"), Column("State"), Column("Made"), Column("Last used"),
        Column("Ends"), Column("", sorts=False),
    ]  # fmt: skip
    return records_table(
        columns, [_token(one, zone) for one in found], caption="Tokens",
        empty=states.empty(
            "Nobody and nothing has a token yet.",
            "Programs, and people who use the HTTP API, come in with one. Make the first with the form below.",
        ),
    )  # fmt: skip


def secret(token: str, name: str) -> Markup:
    """A token just made: shown this once."""
    return Markup(
        '<div class="secret" role="status"><p><b>The token “{}” is made. It is shown only now: copy it and keep it safe.</b></p>'
        "<p><code>{}</code></p><p>Send it with each request: <code>Authorization: Bearer …</code></p></div>"
    ).format(name, token)


def accounts(found: Sequence[AccountView], zone: ZoneInfo) -> Markup:
    """The accounts that posts go out from."""
    body = records_table(
        [Column("Platform"), Column("Account"), Column("Connected"), Column("Asks again")],
        [
            Row([title(one.platform), one.handle, Cell(short_moment(one.connected_at, zone), one.connected_at.isoformat()),
                 Cell(short_moment(one.expires_at, zone), one.expires_at.isoformat() if one.expires_at else "")])
            for one in found
        ],
        caption="Accounts",
        empty=states.empty(
            "No account is connected.", "Connect one below. Without one, posts are written, planned and checked here all the same; copy "
            "them out when their time comes.",
            ("Social calendar", "/social"),
        ),
    )  # fmt: skip
    return cards.section("Accounts", body, key="accounts")


def settings(key: str, found: Sequence[SettingView], name: str | None = None) -> Markup:
    """The settings of a section, each with its variable: those that somebody set, and the others behind a click."""
    called = name or dict(PARTS)[key]
    own, usual = [one for one in found if one.set_by], [one for one in found if not one.set_by]
    body = _setting_table(own, called) if own else Markup('<p class="note">All of them are as usual.</p>')
    if usual:
        body += Markup("<details><summary>{} as usual, and what each is for</summary>{}</details>").format(
            count(len(usual), "setting"), _setting_table(usual, f"{called}, as usual")
        )
    return cards.section(called, body, key="" if name else key, note=NOTES[key])


def _setting_table(found: Sequence[SettingView], caption: str) -> Markup:
    columns = [Column("Setting", wide=True), Column("Value"), Column("Variable")]
    return records_table(columns, [_setting(one) for one in found], caption=caption)


def _health(part: Health) -> Markup:
    said = "problem" if not part.ok else "to do" if part.fix else "well"
    tone = "bad" if not part.ok else "wait" if part.fix else "good"
    problem = Markup('<p class="why">{}</p>').format(part.problem) if part.problem else ""
    fix = Markup('<p class="fix">{}</p>').format(part.fix) if part.fix else ""
    return Markup("<li><p><b>{}</b> {}</p><p>{}</p>{}{}</li>").format(
        title(part.part), cards.badge(said, tone), part.summary, problem, fix
    )


def _token(one: TokenView, zone: ZoneInfo) -> Row:
    revoke = (
        Markup(
            '<button type="button" class="plain bad" data-revoke="{}">Revoke<span class="unseen"> {}</span></button>'
        ).format(one.name, one.name)
        if one.state == "valid"
        else ""
    )
    moments = [
        Cell(short_moment(moment, zone), moment.isoformat() if moment else "")
        for moment in (one.created_at, one.last_used_at, one.expires_at)
    ]
    may = ", ".join(WHO[scope] for scope in one.scopes)
    return Row([one.name, Markup("<code>{}…</code>").format(one.prefix), may, cards.badge(one.state), *moments, revoke])


def _setting(one: SettingView) -> Row:
    name = Markup('<span>{}</span><span class="about">{}</span>').format(title(one.name), one.description)
    in_file = Markup('<span class="about">set in hub.toml</span>') if one.set_by == "hub.toml" else ""
    value = one.value or Markup('<span class="quiet">none</span>')
    variable = one.set_by if one.set_by not in (None, "hub.toml") else one.variable
    return Row([Cell(name, one.name), value, Cell(Markup("<code>{}</code>{}").format(variable, in_file), variable)])
