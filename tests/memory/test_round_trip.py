"""Every record comes back as it was stored (moments, enums, JSON, any text); of two editors the second is told."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, Enum, Float, Integer, LargeBinary, String, Text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from memory.base import UtcDateTime, Versioned
from memory.campaigns import Campaign
from memory.database import Database
from memory.enums import CampaignType
from memory.records import Base

RECORDS: dict[str, Any] = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}
#: By name, so that every process that runs tests collects them in one order.
VERSIONED = [RECORDS[name] for name in sorted(RECORDS) if issubclass(RECORDS[name], Versioned)]

#: Half past one in the night, two hours ahead of UTC: the day before in UTC.
MOMENT = datetime(2026, 7, 1, 1, 30, 59, 123456, tzinfo=timezone(timedelta(hours=2)))
SAMPLE_TEXT = "Ünïcödé 🌷 'quoted' \"twice\" %s :name \\ {{ liquid }}\n\tnext line"
SAMPLE_JSON: dict[str, Any] = {
    "text": SAMPLE_TEXT,
    "numbers": [0, -1, 0.1, 1e20, 2**53],
    "none": None,
    "yes": True,
    "deep": [{"a": [[]]}],
}


def _sample(column: Column[Any]) -> Any:
    kind = column.type
    if column.foreign_keys:
        return _sample(next(iter(column.foreign_keys)).column)
    if isinstance(kind, Enum):
        assert kind.enum_class is not None
        return list(kind.enum_class)[-1]
    for of_kind, value in (
        (UtcDateTime, MOMENT),
        (Date, date(2028, 2, 29)),
        (Boolean, True),
        (BigInteger, 2**62),
        (Integer, 7),
        (Float, 0.1 + 0.2),
        (JSON, SAMPLE_JSON),
        (Text, SAMPLE_TEXT),
    ):
        if isinstance(kind, of_kind):
            return value
    if isinstance(kind, LargeBinary):
        return b"\x00\xffkey"
    assert isinstance(kind, String), f"no sample for {column}"
    return "ü" * (kind.length or 10)


def _samples(record: type[Base]) -> dict[str, Any]:
    columns = Base.metadata.tables[record.__tablename__].columns
    return {column.key: _sample(column) for column in columns if column.key != "version"}


@pytest.mark.parametrize("filled", [True, False], ids=["filled", "empty where it may be"])
def test_every_record_comes_back_as_it_was(database: Database, filled: bool) -> None:
    stored: dict[type[Base], dict[str, Any]] = {}
    for table in Base.metadata.sorted_tables:
        record, columns = RECORDS[table.name], table.columns
        stored[record] = {
            name: value if filled or not columns[name].nullable else None for name, value in _samples(record).items()
        }
        with database.session(write=True) as session:
            session.add(record(**stored[record]))
    with Session(database.engine) as session:
        for record, values in stored.items():
            key = tuple(values[column.key] for column in Base.metadata.tables[record.__tablename__].primary_key)
            row = session.get(record, key)
            assert row is not None
            assert {name: getattr(row, name) for name in values} == values, record.__name__
            assert {type(getattr(row, name)) for name in values} == {type(value) for value in values.values()}


def test_moments_come_back_in_utc(database: Database) -> None:
    with database.session(write=True) as session:
        session.add(Campaign(name="Bloom", type=CampaignType.EMAIL, created_at=MOMENT))
    with Session(database.engine) as session:
        created = session.query(Campaign).one().created_at
    assert created == datetime(2026, 6, 30, 23, 30, 59, 123456, tzinfo=UTC)
    assert created.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="without a time zone"), database.session(write=True) as session:
        session.add(Campaign(name="Bloom", type=CampaignType.EMAIL, created_at=datetime(2026, 7, 1, 12)))


def test_an_enum_is_stored_as_its_value(database: Database) -> None:
    with database.session(write=True) as session:
        session.add(Campaign(name="Bloom", type=CampaignType.MULTI_CHANNEL))
    with database.engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT type, status FROM campaigns").one()
    assert tuple(row) == ("multi-channel", "draft")


@pytest.mark.parametrize("record", VERSIONED, ids=lambda record: record.__name__)
def test_the_second_of_two_editors_is_refused(lite: Database, record: type[Any]) -> None:
    _refuses_the_second(lite, record)


def test_the_second_of_two_editors_is_refused_on_both_databases(database: Database) -> None:
    _refuses_the_second(database, Campaign)


def _with_parents(record: type[Base]) -> list[Base]:
    """A sample of the record behind those that it cannot be without."""
    columns = Base.metadata.tables[record.__tablename__].columns
    parents = [key.column.table.name for column in columns if not column.nullable for key in column.foreign_keys]
    optional = {column.key for column in columns if column.nullable and column.foreign_keys}
    own = record(**{name: value for name, value in _samples(record).items() if name not in optional})
    return [*(one for parent in parents for one in _with_parents(RECORDS[parent])), own]


def _refuses_the_second(database: Database, record: type[Any]) -> None:
    with database.session(write=True) as session:
        for one in _with_parents(record):
            session.add(one)
            session.flush()
    with Session(database.engine) as first, Session(database.engine, expire_on_commit=False) as second:
        of_first, of_second = first.query(record).one(), second.query(record).one()
        second.commit()  # the second editor's form is open, but no transaction is
        of_first.updated_at = datetime(2027, 1, 1, tzinfo=UTC)
        first.commit()
        of_second.updated_at = datetime(2028, 1, 1, tzinfo=UTC)
        with pytest.raises(StaleDataError):
            second.commit()
    with Session(database.engine) as session:
        kept = session.query(record).one()
        assert (kept.version, kept.updated_at) == (2, datetime(2027, 1, 1, tzinfo=UTC))
