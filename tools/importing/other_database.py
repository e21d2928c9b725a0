"""Leads from a table of another PostgreSQL database, Supabase's included: what is new since last time, statuses both ways.

The hub keeps where a table is, never its password: that is in the address each time. Reading is one read-only
transaction of the other database. Statuses are written back only where the address says `status=both`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    URL,
    Column,
    ColumnElement,
    Engine,
    Integer,
    MetaData,
    Table,
    create_engine,
    inspect,
    make_url,
    or_,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchTableError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from memory.database import begin_write
from memory.kept import HIDDEN, without_secrets
from memory.lead_sources import LeadSource, links_behind, source_at
from tools.core.context import Context
from tools.core.errors import BadInput, NotFound, Unavailable
from tools.importing.cards import LeadImport
from tools.importing.importing import Tally, result, store_all
from tools.importing.mapping import folded, guess_mapping
from tools.importing.rows import Reading
from tools.importing.table_links import Highest, TableLinks, write_back
from tools.show import listing

#: Options of the address that are the hub's own, and not the driver's.
OWN_OPTIONS = ("table", "status", "cursor")
LIKELY = (
    "leads",
    "lead",
    "contacts",
    "contact",
    "customers",
    "customer",
    "subscribers",
    "people",
    "users",
    "profiles",
    "members",
)
CHANGED = ("updated at", "modified at", "last modified", "changed at", "updated", "modified")
_CREATED = ("created at", "created", "inserted at")
#: A row's moment is set before its transaction ends: one that was still open when the last import read comes late.
OVERLAP = timedelta(minutes=15)
SAMPLE = 200
FETCH = 1_000
SECONDS_TO_CONNECT = 10


@dataclass(frozen=True)
class Address:
    """Where a table is. `shown` is the address without password and options."""

    url: URL
    table: str | None
    both_ways: bool
    #: The column to go by instead of the one that is guessed ("none": read everything each time).
    cursor: str | None = None

    @property
    def shown(self) -> str:
        url = self.url
        host = url.host or str(url.query.get("host", ""))
        plain = URL.create("postgresql", username=url.username, host=host, port=url.port, database=url.database)
        return plain.render_as_string(hide_password=False)


def parse_address(source: str) -> Address:
    """The parts of an address. Raises BadInput where it is none."""
    if f":{HIDDEN}@" in source:
        raise BadInput(
            "The password of this address was left out when it was kept. Please give the address anew.", "source"
        )
    try:
        url = make_url(source)
        port_is_number = url.port is None or 0 < url.port < 65_536
    except (ArgumentError, ValueError):
        port_is_number = False
    if not port_is_number or (not url.host and "host" not in url.query) or not url.database:
        raise BadInput(
            "This is no complete address of a database. Write it like "
            "postgres://user:password@host:5432/database?table=contacts.",
            "source",
        )
    options = {name: value if isinstance(value, str) else value[-1] for name, value in url.query.items()}
    status = options.get("status", "read")
    if status not in ("both", "read"):
        raise BadInput(
            f"“status={status[:40]}” is not known; it can be status=both (write back too) or status=read.", "source"
        )
    rest = {name: value for name, value in url.query.items() if name not in OWN_OPTIONS}
    url = url.set(drivername="postgresql+psycopg", query=rest)
    return Address(url, options.get("table"), status == "both", options.get("cursor"))


def import_table(ctx: Context, source: str) -> LeadImport:
    """Import what is new in the table. Raises BadInput, NotFound (with the tables there are), Unavailable."""
    address = parse_address(source)
    ctx.session.commit()  # the other database may take a while: nobody should wait for this one meanwhile
    engine = _engine(address)
    try:
        return _import(ctx, address, engine)
    except DBAPIError as error:
        raise Unavailable(_told(address, error)) from error
    finally:
        engine.dispose()


def _import(ctx: Context, address: Address, engine: Engine) -> LeadImport:
    try:
        table = _table(engine, address)
        with engine.connect() as connection:
            sample = [_texts(row._mapping) for row in connection.execute(select(table).limit(SAMPLE))]
    finally:
        begin_write(ctx.session)
    mapping = guess_mapping([column.name for column in table.columns], sample, ignore_keys=True)
    if "email" not in mapping.values():
        columns = listing([column.name for column in table.columns][:8])
        raise BadInput(f"No column of {table.name} holds email addresses (there is {columns}).", "source")
    cursor = _cursor(table, address)
    remembered = _remember(ctx, address, table, mapping)
    key = table.c[remembered.key_column]
    tally = Tally()
    begins = remembered.cursor if cursor is not None and remembered.cursor_column == cursor.name else None
    highest = Highest(begins)
    links = TableLinks(ctx, remembered.id, remembered.key_column, cursor, highest)
    how = Reading(mapping, ctx.clock.zone, ctx.now)
    store_all(ctx, links.keyed(_rows(engine, table, key, cursor, highest), how, tally), table.name, tally, links=links)
    status = next((table.c[column] for column, field in mapping.items() if field == "status"), None)
    told_back = write_back(ctx, remembered.id, engine, key, status) if address.both_ways and status is not None else 0
    waiting = len(links_behind(ctx.session, remembered.id)) if status is not None else 0
    ctx.session.get_one(LeadSource, remembered.id).last_import_at = ctx.now
    notes = [f"Read from {address.shown}, table {table.name}."]
    if cursor is None:
        notes.append("The table has no column that says when a row changed, so every import reads all of it.")
    elif folded(cursor.name) not in CHANGED:
        notes.append(
            f"Only rows that are new by {cursor.name} are read at the next import; add &cursor=none to the address to "
            "read all of them again."
        )
    found = result(f"{table.name} ({address.url.database})", mapping, tally, notes)
    return found.model_copy(update={"told_back": told_back, "waiting_back": waiting})


def _engine(address: Address) -> Engine:
    # Without prepared statements, since Supabase's transaction pooler (port 6543) knows none.
    arguments: dict[str, Any] = {
        "prepare_threshold": None,
        "connect_timeout": SECONDS_TO_CONNECT,
        "application_name": "marketing-hub",
    }
    return create_engine(address.url, poolclass=NullPool, connect_args=arguments)


def _table(engine: Engine, address: Address) -> Table:
    """The table that is named, else the only likely one."""
    schema, _, name = (address.table or "").rpartition(".")
    found = inspect(engine)
    if name:
        try:
            return Table(name, MetaData(), schema=schema or None, autoload_with=engine)
        except NoSuchTableError:
            known = [*found.get_table_names(schema or None), *found.get_view_names(schema or None)]
            there = f" There is: {listing(known[:12])}." if known else " There are no tables."
            raise NotFound(f"There is no table “{address.table}” in {address.url.database}.{there}", "source") from None
    names = [*found.get_table_names(), *found.get_view_names()]
    likely = [name for name in LIKELY if name in {one.lower() for one in names}]
    with_email = [one for one in names if any("email" in folded(column["name"]) for column in found.get_columns(one))]
    chosen = next((one for one in with_email if one.lower() in likely[:1]), None) or (
        with_email[0] if len(with_email) == 1 else None
    )
    if chosen is None:
        there = f"It holds {listing(names[:12])}." if names else "It holds no tables."
        raise BadInput(
            f"Which table of {address.url.database} holds the leads? Add ?table=NAME to the address. {there}", "source"
        )
    return Table(chosen, MetaData(), autoload_with=engine)


def _cursor(table: Table, address: Address) -> Column[Any] | None:
    """The column to go by: the one that the address names, else a moment whose name tells when a row changed (or,
    failing that, came). Raises BadInput where the named one is none."""
    if address.cursor is not None and address.cursor.casefold() == "none":
        return None
    if address.cursor is not None:
        named = table.columns.get(address.cursor)
        if named is None or not (_is_moment(named) or _is_number(named)):
            able = [column.name for column in table.columns if _is_moment(column) or _is_number(column)]
            there = f"There is: {listing(able[:12])}." if able else "There is none."
            raise BadInput(
                f"“cursor={address.cursor[:60]}” is no column of {table.name} that holds moments or whole numbers. {there}",
                "source",
            )
        return named
    for names in (CHANGED, _CREATED):
        for column in table.columns:
            if folded(column.name) in names and _is_moment(column):
                return column
    return None


def _is_moment(column: Column[Any]) -> bool:
    try:
        return column.type.python_type in (datetime, date)
    except NotImplementedError:
        return False


def _is_number(column: Column[Any]) -> bool:
    return isinstance(column.type, Integer)


def _rows(
    engine: Engine, table: Table, key: Column[Any], cursor: Column[Any] | None, highest: Highest
) -> Iterator[dict[str, str]]:
    """The rows that changed since last time, in the order in which they changed; all where nothing tells."""
    statement = select(table).order_by(*((cursor, key) if cursor is not None else (key,)))
    if cursor is not None and highest.value is not None:
        statement = statement.where(_since(cursor, highest.value))
    with engine.connect() as connection, connection.begin():
        connection.execute(text("SET TRANSACTION READ ONLY"))
        for row in connection.execution_options(yield_per=FETCH, stream_results=True).execute(statement):
            values = row._mapping
            if cursor is not None and values[cursor.name] is not None:
                reached = values[cursor.name]
                highest.value = str(reached) if isinstance(reached, int) else reached.isoformat()
            yield _texts(values)


def _since(cursor: Column[Any], reached: str) -> ColumnElement[bool]:
    """Rows that may be new since this value was reached. Reading one again does no harm, leaving one out does."""
    newer = cursor > int(reached) if _is_number(cursor) else cursor >= datetime.fromisoformat(reached) - OVERLAP
    # Many systems leave "changed at" empty until the first change.
    return or_(newer, cursor.is_(None)) if cursor.nullable else newer


def _texts(values: Any) -> dict[str, str]:
    return {str(name): _text(value) for name, value in values.items()}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {one}" for name, one in value.items())
    return "".join(character for character in str(value) if character in "\n\t" or character.isprintable())


def _remember(ctx: Context, address: Address, table: Table, mapping: dict[str, str]) -> LeadSource:
    name = f"{table.schema}.{table.name}" if table.schema else table.name
    source = source_at(ctx.session, address.shown, name)
    keys = [column.name for column in table.primary_key.columns]
    email = next(column for column, field in mapping.items() if field == "email")
    key = keys[0] if len(keys) == 1 else email
    now = ctx.now.astimezone(UTC)
    if source is None:
        source = LeadSource(
            address=address.shown, table_name=name, mapping=mapping, key_column=key, created_at=now, updated_at=now
        )
        ctx.session.add(source)
    elif source.mapping != mapping:
        source.mapping, source.key_column, source.cursor = mapping, key, None  # its columns changed: read it anew
    ctx.session.flush()
    return source


def _told(address: Address, error: SQLAlchemyError) -> str:
    """What went wrong over there, without the password that a driver may repeat."""
    reason = without_secrets(" ".join(str(getattr(error, "orig", error)).split()))
    for secret in (address.url.password, address.url.query.get("password")):
        if isinstance(secret, str) and len(secret) > 3:  # a shorter one would cut holes into the words
            reason = reason.replace(secret, HIDDEN)
    return f"The database {address.shown} could not be read: {reason[:300]}"
