"""Past campaigns out of a table: completed campaigns with what they brought and cost, as imported history."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date
from pathlib import Path
from zoneinfo import ZoneInfo

from memory.campaigns import Campaign, campaign_named
from memory.database import begin_write
from memory.enums import CampaignStatus, CampaignType, Channel, KnowledgeKind
from memory.metrics import record_metric
from tools.campaigning.entry import KIND, index_campaign
from tools.core.context import Context
from tools.core.errors import BadInput
from tools.knowing.cards import ImportResult, SkippedRow
from tools.knowing.columns import days_come_first, parse_date
from tools.knowing.files import find_source, read_bytes
from tools.knowing.rows import Row, read_rows
from tools.show import listing, shorten

TABLES = (".csv", ".tsv", ".json", ".jsonl", ".ndjson")
LONGEST_NAME = 200
#: What the column of each part is called; of several, the first counts.
NAMES: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "campaign", "campaign name", "title", "kampagne"),
    "type": ("type", "campaign type", "kind", "typ"),
    "channels": ("channels", "channel", "medium", "kanal", "kanäle"),
    "description": ("description", "about", "beschreibung"),
    "target_audience": ("target audience", "audience", "zielgruppe"),
    "start_date": ("start date", "start", "from", "begin", "beginn"),
    "end_date": ("end date", "end", "until", "to", "ende"),
    "budget": ("budget",),
}
METRICS: Mapping[str, tuple[str, ...]] = {
    "spend": ("spend", "spent", "cost", "costs", "kosten", "ausgaben"),
    "impressions": ("impressions", "views"),
    "delivered": ("delivered", "recipients"),
    "opens": ("opens", "opened", "öffnungen"),
    "clicks": ("clicks", "clicked", "klicks"),
    "leads": ("leads", "signups", "sign ups"),
    "conversions": ("conversions", "converted", "sales", "orders"),
    "revenue": ("revenue", "turnover", "income", "umsatz"),
}
_NOISE = re.compile(r"[^\d.,-]")


@dataclass
class _Found:
    """A row that can be a campaign: the record's fields and the figures."""

    where: str
    fields: dict[str, object]
    figures: dict[str, float] = field(default_factory=dict)


def import_campaigns(ctx: Context, source: str) -> ImportResult:
    """Import past campaigns from a table. Bad rows are listed; campaigns of a name that is stored already are left out.

    Raises HubError where the file cannot be read, or names no campaigns.
    """
    ctx.session.commit()  # nobody should wait for the database while a file is read
    try:
        path = find_source(source, ctx.import_folders)
        found, skipped, notes = _read(path, ctx.clock.zone, ctx.today)
    finally:
        begin_write(ctx.session)
    stored: list[Campaign] = []
    known, names = 0, set[str]()
    for one in found:
        name = str(one.fields["name"])
        if campaign_named(ctx.session, name) is not None and name.casefold() not in names:
            known += 1
        elif name.casefold() in names:
            skipped.append(SkippedRow(where=one.where, reason=f"another row is called “{name}” too"))
        else:
            stored.append(_store(ctx, one))
        names.add(name.casefold())
    return ImportResult(
        source=path.name,
        kind=KnowledgeKind.CAMPAIGN,
        imported=len(stored),
        duplicates=known,
        skipped=tuple(skipped),
        notes=tuple(notes),
        ids=tuple(one.id for one in stored),
        titles=tuple(one.name for one in stored),
    )


def _read(path: Path, zone: ZoneInfo, today: date) -> tuple[list[_Found], list[SkippedRow], list[str]]:
    if path.suffix.lower() not in TABLES:
        endings = listing([ending[1:] for ending in TABLES], "or")
        raise BadInput(f"Past campaigns are imported from a table; save {path.name} as {endings}.", "source")
    table = read_rows(path, read_bytes(path))
    columns = {part: _column(table.columns, names) for part, names in {**NAMES, **METRICS}.items()}
    if columns["name"] is None:
        shown = listing([f"“{one}”" for one in table.columns[:12]])
        raise BadInput(
            f"No column of {path.name} holds the campaigns' names: it has {shown}. Call one of them “name” and import it "
            "again.",
            "source",
        )
    cells = [_cells(row, columns) for row in table.rows]
    dates = [one[part] for one in cells for part in ("start_date", "end_date") if one.get(part)]
    day_first, guessed = days_come_first(dates)
    comma = any(_decimal_comma(one.get(part, "")) for one in cells for part in ("budget", *METRICS))
    read = [f"{part.replace('_', ' ')} from “{column}”" for part, column in columns.items() if column]
    notes = [f"Read: {listing(read)}.", *table.notes]
    if guessed:
        notes.append("Dates such as 03/04/2026 could be meant either way; I read them as day/month.")
    found, skipped = [], list(table.broken)
    for row, values in zip(table.rows, cells, strict=True):
        try:
            found.append(_campaign(row.where, values, day_first, comma, zone, today))
        except ValueError as error:
            skipped.append(SkippedRow(where=row.where, reason=str(error)))
    return found, skipped, notes


def _column(columns: list[str], names: tuple[str, ...]) -> str | None:
    """The column that is called so, and not one that only holds the word: "cost per lead" is no cost."""
    folded = {" ".join(re.sub(r"[\W_]+", " ", column).casefold().split()): column for column in columns}
    return next((folded[name] for name in names if name in folded), None)


def _cells(row: Row, columns: Mapping[str, str | None]) -> dict[str, str]:
    return {part: " ".join(row.values.get(column, "").split()) for part, column in columns.items() if column}


def _campaign(
    where: str, values: Mapping[str, str], day_first: bool, comma: bool, zone: ZoneInfo, today: date
) -> _Found:
    """The campaign of a row. Raises ValueError with the reason where it cannot be one."""
    name = values["name"]
    if not name:
        raise ValueError("it has no name")
    if len(name) > LONGEST_NAME:
        raise ValueError(f"its name is longer than {LONGEST_NAME} characters")
    start, end = (
        parse_date(values[part], day_first, zone).date() if values.get(part) else None
        for part in ("start_date", "end_date")
    )
    if start and end and end < start:
        raise ValueError(f"it ends ({end}) before it starts ({start})")
    if (end or start or today) > today:
        raise ValueError(f"it ends on {end or start}, which is still to come; only past campaigns are imported")
    channels = _channels(values.get("channels", ""))
    type = _type(values.get("type", ""), channels)
    fields: dict[str, object] = {
        "name": name,
        "type": type,
        "channels": channels or ([type.value] if type != CampaignType.MULTI_CHANNEL else []),
        "description": values.get("description") or None,
        "target_audience": values.get("target_audience") or None,
        "start_date": start,
        "end_date": end,
        "budget": _number("budget", values.get("budget", ""), comma),
    }
    figures = {metric: _number(metric, values.get(metric, ""), comma) for metric in METRICS}
    return _Found(where, fields, {metric: value for metric, value in figures.items() if value is not None})


def _channels(said: str) -> list[str]:
    """The channels of a cell ("email, ads"). Raises ValueError for one that does not exist."""
    found = []
    for word in re.split(r"\s*(?:[,;/|+&]|\band\b)\s*", said.casefold()):
        word = {"e-mail": "email", "mail": "email", "newsletter": "email", "ad": "ads", "social media": "social"}.get(
            word, word
        )
        if word and word not in list(Channel):
            raise ValueError(f"there is no channel “{shorten(word, 40)}” (there are {listing(Channel)})")
        if word and word not in found:
            found.append(word)
    return found


def _type(said: str, channels: list[str]) -> CampaignType:
    word = re.sub(r"[\s_]+", "-", said.casefold()).removesuffix("-campaign")
    word = {"e-mail": "email", "newsletter": "email", "multi": "multi-channel", "multichannel": "multi-channel"}.get(
        word, word
    )
    if word:
        if word not in list(CampaignType):
            raise ValueError(f"there is no type “{shorten(said, 40)}” (there are {listing(CampaignType)})")
        return CampaignType(word)
    if len(channels) == 1 and channels[0] in list(CampaignType):
        return CampaignType(channels[0])
    if channels:
        return CampaignType.MULTI_CHANNEL
    raise ValueError("neither its type nor its channel is told")


def _number(part: str, said: str, comma: bool) -> float | None:
    """The number of a cell, currency signs and thousands marks aside. Raises ValueError."""
    if said in ("", "-", "–", "n/a", "N/A"):
        return None
    plain = _NOISE.sub("", said)
    plain = plain.replace(".", "").replace(",", ".") if comma else plain.replace(",", "")
    try:
        value = float(plain)
    except ValueError as error:
        raise ValueError(f"its {part} “{shorten(said, 30)}” is no number") from error
    if value < 0 or value > 1e15:
        raise ValueError(f"its {part} “{shorten(said, 30)}” is {'negative' if value < 0 else 'too large'}")
    return value


def _decimal_comma(said: str) -> bool:
    """Whether a number is written with a decimal comma: "12,5" or "1.234,50", and not "1,234"."""
    plain = _NOISE.sub("", said)
    return re.fullmatch(r"-?\d{1,3}(\.\d{3})*,\d{1,2}|-?\d+,\d{1,2}|-?\d{1,3}(\.\d{3}){2,}", plain) is not None


def _store(ctx: Context, one: _Found) -> Campaign:
    now = ctx.now.astimezone(UTC)
    campaign = Campaign(**one.fields, status=CampaignStatus.COMPLETED, created_at=now, updated_at=now)
    ctx.session.add(campaign)
    ctx.session.flush()
    for metric, value in one.figures.items():
        record_metric(ctx.session, KIND, campaign.id, metric, value, imported=True)
    ctx.session.flush()
    index_campaign(ctx.session, campaign, ctx.currency)
    return campaign
