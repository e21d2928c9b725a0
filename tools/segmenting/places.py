"""Countries by their names and codes: "Germany", "DE" and "DEU" are one place."""

from functools import cache

from holidays.registry import COUNTRIES


@cache
def _codes() -> dict[str, tuple[str, ...]]:
    known: dict[str, tuple[str, ...]] = {}
    for module, (name, *codes) in COUNTRIES.items():
        names = (module.replace("_", " "), *codes)
        for each in (*names, name):
            known[each.casefold()] = names
    usual = {
        "usa": "united states",
        "uk": "united kingdom",
        "great britain": "united kingdom",
        "england": "united kingdom",
    }
    for short, full in usual.items():
        if full in known:
            known[full] = known[short] = tuple(dict.fromkeys((*known[full], short)))
    return known


def is_country(name: str) -> bool:
    """Whether this is a country's English name or code of two or three letters."""
    return name.casefold() in _codes()


def same_place(country: str) -> tuple[str, ...]:
    """The names and codes under which a country may be stored; just the given one where it is none we know."""
    return tuple(dict.fromkeys((country, *_codes().get(country.casefold(), ()))))
