"""The search by words: SQLite's FTS5 or PostgreSQL's tsvector over the index's entries."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.orm import Session

#: Different words of a query that are looked for; a question has fewer, a pasted mail is searched by its beginning.
MOST_WORDS = 32

_WORD = re.compile(r"[^\W_]+")

# Words that say nothing about the subject: they would make any record fit any question.
_EMPTY_WORDS = """
    a about again all also am an and any are as at be because been before being but by can could d did do does
    doing don find for from further get give had has have having he hello her here hers hi him his how i if in
    into is it its just know let like ll look looking m may me might more most my need no nor not now of off
    on once one only or other our ours out over own please re s same say says search she should show so some
    such t tell than thank thanks that the their them then there these they thing things this those through to
    too under until up us ve very want was we were what when where which while who whom why will with would
    you your yours
"""
EMPTY_WORDS = frozenset(_EMPTY_WORDS.split())


class WordMatch(NamedTuple):
    """A record that the words found. `coverage` is the share of the query's words that occur in it (0 to 1)."""

    kind: str
    record_id: int
    coverage: float


def query_words(query: str) -> list[str]:
    """The different words of a query that say something, in their order, at most MOST_WORDS."""
    words = dict.fromkeys(word for word in _WORD.findall(query.lower()) if word not in EMPTY_WORDS)
    return list(words)[:MOST_WORDS]


def search_words(session: Session, words: Sequence[str], kinds: Sequence[str] | None, limit: int) -> list[WordMatch]:
    """Records in which any of the words occurs, in any form ("refunds" finds "refund"), best first."""
    if not words:
        return []
    sqlite = session.get_bind().dialect.name == "sqlite"
    return (_sqlite if sqlite else _postgresql)(session, words, kinds, limit)


def _sqlite(session: Session, words: Sequence[str], kinds: Sequence[str] | None, limit: int) -> list[WordMatch]:
    # Words are letters and digits only; in quotes not even OR, AND or NEAR is an operator. A title counts three times.
    ranked = "index_entries_fts WHERE index_entries_fts MATCH :query AND rank MATCH 'bm25(3.0, 1.0)'"
    joined = "JOIN index_entries e ON e.id = f.rowid"
    if kinds is None:  # noqa: SIM108 - two long queries read better apart
        # Without a filter only the best are joined: the join of all matches would cost more than their ranking.
        select = f"(SELECT rowid, rank FROM {ranked} ORDER BY rank LIMIT :limit) f {joined} ORDER BY f.rank"
    else:
        select = f"(SELECT rowid, rank FROM {ranked}) f {joined} {_of_kinds(kinds)} ORDER BY f.rank LIMIT :limit"
    statement = text(f"SELECT e.id, e.kind, e.record_id FROM {select}")
    query = " OR ".join(f'"{word}"' for word in words)
    rows = session.execute(_bind(statement, kinds), {"query": query, "limit": limit} | _kinds(kinds)).all()
    if not rows:
        return []
    ids = ",".join(str(row.id) for row in rows)
    # The plus keeps SQLite from looking each row up in the full-text index by itself.
    counting = " UNION ALL ".join(
        f"SELECT rowid FROM index_entries_fts WHERE index_entries_fts MATCH :w{n} AND +rowid IN ({ids})"
        for n in range(len(words))
    )
    matched = session.execute(
        text(f"SELECT rowid, count(*) AS words FROM ({counting}) GROUP BY rowid"),
        {f"w{n}": f'"{word}"' for n, word in enumerate(words)},
    )
    counts = {row.rowid: row.words for row in matched}
    return [WordMatch(row.kind, row.record_id, counts.get(row.id, 0) / len(words)) for row in rows]


def _postgresql(session: Session, words: Sequence[str], kinds: Sequence[str] | None, limit: int) -> list[WordMatch]:
    # A quoted word is no operator. numnode() is 0 for a word that PostgreSQL's dictionary leaves out.
    statement = text(
        "WITH q AS (SELECT websearch_to_tsquery('english', :query) AS query,"
        " ARRAY(SELECT t FROM unnest(CAST(:words AS text[])) w, plainto_tsquery('english', w) t WHERE numnode(t) > 0)"
        " AS words)"
        " SELECT e.kind, e.record_id,"
        " (SELECT count(*) FROM unnest(q.words) t WHERE e.document @@ t) AS matched, cardinality(q.words) AS asked"
        f" FROM index_entries e, q WHERE e.document @@ q.query {_of_kinds(kinds)}"
        " ORDER BY matched DESC, ts_rank(e.document, q.query) DESC, e.id LIMIT :limit"
    )
    query = " or ".join(f'"{word}"' for word in words)
    parameters = {"query": query, "words": list(words), "limit": limit} | _kinds(kinds)
    rows = session.execute(_bind(statement, kinds), parameters)
    return [WordMatch(row.kind, row.record_id, row.matched / row.asked) for row in rows]


def _of_kinds(kinds: Sequence[str] | None) -> str:
    return "" if kinds is None else "AND e.kind IN :kinds"


def _bind(statement: TextClause, kinds: Sequence[str] | None) -> TextClause:
    return statement if kinds is None else statement.bindparams(bindparam("kinds", expanding=True))


def _kinds(kinds: Sequence[str] | None) -> dict[str, list[str]]:
    return {} if kinds is None else {"kinds": list(kinds)}
