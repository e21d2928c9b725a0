"""What an import returns: how many leads were added and changed, which rows were not read and why, and the matching."""

from pydantic import BaseModel, ConfigDict

from tools.core.result import Result
from tools.quoting import inert
from tools.show import bullets, count, listing

MOST_KEPT = 200
MOST_SHOWN = 10


class BadRow(BaseModel):
    """A row that was not imported: where it stands ("line 7") and why."""

    model_config = ConfigDict(frozen=True)

    where: str
    reason: str


class LeadImport(Result):
    """`mapping` is {column: field}. `bad_rows` holds the first 200 of `bad`; `told_back` counts statuses that were
    written to the connected table, `waiting_back` those that wait for it."""

    source: str
    read: int
    added: int
    updated: int
    unchanged: int
    duplicates: int
    bad: int
    bad_rows: tuple[BadRow, ...]
    mapping: dict[str, str]
    notes: tuple[str, ...]
    told_back: int = 0
    waiting_back: int = 0

    @property
    def text(self) -> str:
        done = [
            f"{count(self.added, 'lead')} added",
            f"{self.updated:,} brought up to date" if self.updated else "",
            f"{self.unchanged:,} known already" if self.unchanged else "",
        ]
        name = inert(self.source)
        told = f"Imported **{name}**: {', '.join(one for one in done if one)}."
        parts = [told if self.read else f"**{name}** holds nothing new."]
        if self.duplicates:
            parts.append(
                f"{count(self.duplicates, 'row').capitalize()} repeated an address of the same file and was merged."
            )
        if self.bad:
            shown = [f"{one.where}: {inert(one.reason)}" for one in self.bad_rows[:MOST_SHOWN]]
            more = f"\n- … and {self.bad - len(shown):,} more" if self.bad > len(shown) else ""
            parts.append(f"{count(self.bad, 'row').capitalize()} could not be read:\n\n{bullets(shown)}{more}")
        if self.mapping:
            matched = [f"{inert(column)} → {inert(field)}" for column, field in self.mapping.items()]
            parts.append(f"Columns: {listing(matched)}.")
        if self.told_back:
            parts.append(f"{count(self.told_back, 'status', 'statuses').capitalize()} written back to the table.")
        if self.waiting_back:
            waiting = count(self.waiting_back, "status changed here is", "statuses changed here are").capitalize()
            parts.append(f"{waiting} not in the table yet; import with “status=both” in the address to write back.")
        parts += [inert(note) for note in self.notes]
        return "\n\n".join(parts)
