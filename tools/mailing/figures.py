"""What came of mailings, in figures: imported totals plus what the ledger and the lead events hold."""

from collections.abc import Mapping
from math import sqrt
from statistics import NormalDist

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from memory.deliveries import states_of_all
from memory.enums import DeliveryState, EventType
from memory.mailings import people_by_event, step_letters
from memory.metrics import totals_of_all
from tools.mailing.entry import MAILING
from tools.show import number, percent

#: The counts; rates follow from them.
COUNTS = (
    "delivered", "opens", "clicks", "bounces", "unsubscribes", "conversions", "machine_opens", "machine_clicks", "unknown",
)  # fmt: skip


class MailingFigures(BaseModel):
    """Counts of people and shares (0.25 is 25 %); None: not recorded, or not to be computed from what is.

    Opens and clicks are those of people; machines (scanners, prefetching) stand apart and are unknown for imported
    history. Formulas as in Farris et al., "Marketing Metrics", 4th edition (2020).
    """

    model_config = ConfigDict(frozen=True)

    delivered: float | None = None
    opens: float | None = None
    clicks: float | None = None
    bounces: float | None = None
    unsubscribes: float | None = None
    conversions: float | None = None
    machine_opens: float | None = None
    machine_clicks: float | None = None
    unknown: float | None = None
    #: opens / delivered
    open_rate: float | None = None
    #: clicks / delivered
    click_rate: float | None = None
    #: clicks / opens
    click_to_open_rate: float | None = None
    #: bounces / (delivered + bounces)
    bounce_rate: float | None = None
    #: unsubscribes / delivered
    unsubscribe_rate: float | None = None

    @property
    def recorded(self) -> bool:
        return any(value is not None for value in (self.delivered, self.opens, self.clicks, self.bounces))

    def shown(self) -> list[tuple[str, str, str]]:
        """Label, value and how it is computed, of every figure that is known."""
        values = [
            ("Delivered", self.delivered, number, ""),
            ("Opens (people)", self.opens, number, ""),
            ("Clicks (people)", self.clicks, number, ""),
            ("Bounces", self.bounces, number, ""),
            ("Unsubscribes", self.unsubscribes, number, ""),
            ("Conversions", self.conversions, number, ""),
            ("Opened by machines only", self.machine_opens, number, "not counted"),
            ("Clicked by machines only", self.machine_clicks, number, "not counted"),
            ("Outcome unknown", self.unknown, number, "never sent again"),
            ("Open rate", self.open_rate, percent, "opens / delivered"),
            ("Click rate", self.click_rate, percent, "clicks / delivered"),
            ("Click-to-open rate", self.click_to_open_rate, percent, "clicks / opens"),
            ("Bounce rate", self.bounce_rate, percent, "bounces / (delivered + bounces)"),
            ("Unsubscribe rate", self.unsubscribe_rate, percent, "unsubscribes / delivered"),
        ]
        return [(label, form(value), how) for label, value, form, how in values if value is not None]


def all_figures(session: Session) -> dict[int, MailingFigures]:
    """The figures of every mailing that has any, by its id. The letters of workflows' steps are no mailings: what came of
    them stands with their workflow (tools.journeys.counts, tools.analysing.figures)."""
    imported = totals_of_all(session, MAILING)
    ledger = states_of_all(session)
    people = people_by_event(session)
    return {
        mailing_id: _figures(imported.get(mailing_id, {}), ledger.get(mailing_id, {}), people.get(mailing_id, {}))
        for mailing_id in (imported.keys() | ledger.keys() | people.keys()) - step_letters(session)
    }


def summed(parts: list[MailingFigures]) -> MailingFigures:
    """The figures of several mailings together; rates are over all their messages."""
    sums: dict[str, float] = {}
    for part in parts:
        for name in COUNTS:
            value = getattr(part, name)
            if value is not None:
                sums[name] = sums.get(name, 0.0) + value
    return _with_rates(sums)


def wilson(successes: float, trials: float, level: float = 0.95) -> tuple[float, float] | None:
    """The score interval of a share (E. B. Wilson, JASA 22, 1927); None without trials, or with more successes."""
    if trials <= 0 or not 0 <= successes <= trials:
        return None
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share = successes / trials
    middle = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z / (1 + z * z / trials) * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return max(0.0, middle - half), min(1.0, middle + half)


def _figures(
    imported: Mapping[str, float],
    ledger: Mapping[DeliveryState, int],
    people: Mapping[tuple[EventType, bool], int],
) -> MailingFigures:
    sums = {name: value for name, value in imported.items() if name in COUNTS}
    own: dict[str, float] = {}
    if any(ledger.get(state) for state in (DeliveryState.SENT, DeliveryState.BOUNCED, DeliveryState.UNKNOWN)):
        own = {
            "delivered": ledger.get(DeliveryState.SENT, 0),
            "bounces": ledger.get(DeliveryState.BOUNCED, 0),
            "opens": 0,
            "clicks": 0,
            "unsubscribes": 0,
        }
        if ledger.get(DeliveryState.UNKNOWN):
            own["unknown"] = ledger[DeliveryState.UNKNOWN]
    for name, type, machine in (
        ("opens", EventType.OPENED, False),
        ("clicks", EventType.CLICKED, False),
        ("unsubscribes", EventType.UNSUBSCRIBED, False),
        ("conversions", EventType.CONVERTED, False),
        ("machine_opens", EventType.OPENED, True),
        ("machine_clicks", EventType.CLICKED, True),
    ):
        if (type, machine) in people:
            own[name] = people[type, machine]
    for name, value in own.items():
        sums[name] = sums.get(name, 0.0) + value
    return _with_rates(sums)


def _with_rates(sums: Mapping[str, float]) -> MailingFigures:
    delivered, bounces = sums.get("delivered"), sums.get("bounces")
    tried = delivered + bounces if delivered is not None and bounces is not None else None
    return MailingFigures(
        **sums,
        open_rate=_share(sums.get("opens"), delivered),
        click_rate=_share(sums.get("clicks"), delivered),
        click_to_open_rate=_share(sums.get("clicks"), sums.get("opens")),
        bounce_rate=_share(bounces, tried),
        unsubscribe_rate=_share(sums.get("unsubscribes"), delivered),
    )


def _share(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None
