"""A house with a mailing that is out, divided by a test, and a clock that is moved by hand. On both databases."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from memory.ab_tests import AbTest, AbVariant
from memory.database import Database
from memory.deliveries import Delivery
from memory.enums import AbElement, AbMetric, Channel, ConsentState, DeliveryState, EmailStatus, EventType
from memory.events import record_events
from memory.index import SearchIndex, WordLlamaEmbedder
from memory.lead_changes import new_lead, put_consent
from memory.mailings import EmailCampaign
from tests.support.databases import new_sqlite
from tools.core.context import Context
from tools.core.declare import declared_tools
from tools.core.door import Door
from tools.experimenting.running import Experiments
from tools.mailing.sending import lay_out_now

ZONE = ZoneInfo("Europe/Berlin")
#: Monday, 16 March 2026, ten in the morning in Berlin.
START = datetime(2026, 3, 16, 10, 0, tzinfo=ZONE)
PEOPLE = 400


class Clock:
    zone = ZONE

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at

    def move(self, **length: float) -> None:
        self.at = (self.at.astimezone(UTC) + timedelta(**length)).astimezone(ZONE)


class House:
    def __init__(self, url: str, index: Path, embedder: WordLlamaEmbedder) -> None:
        self.database = Database.open(url)
        self.clock = Clock()
        self.index = SearchIndex(self.database, index, embedder)
        self.door = Door(declared_tools(), self.database, self.index, self.clock)
        self.experiments = Experiments(self.database, self.reading)

    @property
    def now(self) -> datetime:
        return self.clock.at.astimezone(UTC)

    def reading(self) -> AbstractContextManager[Context]:
        return self.door.reading()

    def look(self, **length: float) -> None:
        self.clock.move(**length)
        self.experiments.work()

    def test(
        self, element: AbElement, texts: list[str], times: list[datetime] | None = None, share: float = 0.5
    ) -> int:
        """A mailing to all people that is laid out and divided; the id of its test (that of the mailing is 1)."""
        with self.database.session(write=True) as session:
            addresses = [f"p{number}@x.example" for number in range(PEOPLE)]
            for address in addresses:
                lead = new_lead(session, address, self.now, name=address)
                put_consent(session, lead.id, Channel.EMAIL, ConsentState.GRANTED, self.now, "a test")
            mailing = EmailCampaign(
                name="News", subject_line="News", content="Hi", recipients=addresses, status=EmailStatus.SENDING
            )
            session.add(mailing)
            session.flush()
            test = AbTest(
                name="Which", email_campaign_id=mailing.id, element=element, metric=AbMetric.CLICKS, test_share=share,
                concentration=16.0,
                variants=[
                    AbVariant(position=at, text=text, send_time=times[at].astimezone(UTC) if times else None)
                    for at, text in enumerate(texts)
                ],
            )  # fmt: skip
            session.add(test)
            session.flush()
            lay_out_now(session, mailing, self.clock.now())
            return test.id

    def sent(self, clicks: dict[int, int]) -> dict[int, int]:
        """The test's messages went out now, and so many people of each variant clicked; people by variant."""
        with self.database.session(write=True) as session:
            rows = session.scalars(select(Delivery).where(Delivery.variant.is_not(None)).order_by(Delivery.id)).all()
            mine = update(Delivery).where(Delivery.variant.is_not(None))
            session.execute(mine.values(state=DeliveryState.SENT, sent_at=self.now))
            by_variant = {at: [row.lead_id for row in rows if row.variant == at] for at in clicks}
            blank = {"type": EventType.CLICKED, "at": self.now + timedelta(hours=1), "email_campaign_id": 1}
            record_events(
                session, [{**blank, "lead_id": lead} for at, many in clicks.items() for lead in by_variant[at][:many]]
            )
            return {at: len(leads) for at, leads in by_variant.items()}

    def found(self) -> AbTest:
        with self.database.session() as session:
            return session.get_one(AbTest, 1)

    def mailing(self) -> EmailCampaign:
        with self.database.session() as session:
            return session.get_one(EmailCampaign, 1)

    def rest(self) -> list[Delivery]:
        """The messages that were held back."""
        with self.database.session() as session:
            return list(session.scalars(select(Delivery).where(Delivery.variant.is_(None))))


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path, embedder: WordLlamaEmbedder) -> Iterator[House]:
    own = request.param == "sqlite"
    url = new_sqlite(tmp_path / "hub.sqlite3") if own else request.getfixturevalue("postgres_url")
    house = House(url, tmp_path / "index", embedder)
    yield house
    house.index.close()
    house.database.close()
