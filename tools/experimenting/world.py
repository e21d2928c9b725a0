"""Tests of a world file, laid into an empty house: their counts are imported history."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from memory.ab_tests import AbTest, AbVariant
from memory.enums import AbElement, AbMetric, AbStatus
from memory.mailings import email_campaign_named
from tools.experimenting.deciding import USUAL_CONCENTRATION

COUNTS = ("sent", "opens", "clicks", "conversions")


def load_ab_test(session: Session, entry: dict[str, Any], now: datetime) -> AbTest:
    """Store one test of a world file; what is taken is taken out of `entry`. All its people were in the test.

    Raises ValueError for a mailing or a winner that the world does not hold.
    """
    wanted = entry.pop("email_campaign")
    mailing = email_campaign_named(session, wanted)
    if mailing is None:
        raise ValueError(f"there is no mailing “{wanted}” in the world")
    variants = [dict(one) for one in entry.pop("variants")]
    texts = [str(one.pop("text")) for one in variants]
    winner = entry.pop("winner", None)
    if winner is not None and winner not in texts:
        raise ValueError(f"the winner “{winner}” is none of the variants")
    status = AbStatus(entry.pop("status", "running"))
    test = AbTest(
        name=entry.pop("name"),
        email_campaign_id=mailing.id,
        element=AbElement(entry.pop("element", "subject")),
        metric=AbMetric(entry.pop("metric", "clicks")),
        status=status,
        test_share=float(entry.pop("test_share", 1.0)),
        concentration=USUAL_CONCENTRATION,
        winner=texts.index(winner) if winner is not None else None,
        decided_at=mailing.sent_at if status == AbStatus.DECIDED else None,
        variants=[
            AbVariant(position=at, text=text, **{f"imported_{name}": one.pop(name) for name in COUNTS if name in one})
            for at, (text, one) in enumerate(zip(texts, variants, strict=True))
        ],
        created_at=now,
        updated_at=now,
    )
    for one in variants:
        entry.update({f"variants.{name}": value for name, value in one.items()})
    session.add(test)
    session.flush()
    return test
