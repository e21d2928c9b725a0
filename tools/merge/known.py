"""The merge fields that the hub fills by itself, and the free slots that a person fills."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

from tools.merge.marks import BrokenMerge

#: What stands behind each namespace. `lead.custom.<anything>` is a lead's own custom field.
NAMESPACES: Mapping[str, tuple[str, ...]] = {
    "lead": (
        "first_name", "last_name", "name", "email", "phone", "company", "job_title",
        "city", "country", "language", "status", "source", "score", "custom",
    ),
    "company": ("name", "industry", "address", "website", "email", "phone"),
    "campaign": ("name", "description", "goal", "target_audience", "start_date", "end_date"),
}  # fmt: skip
#: Links that every mailing gets; each is personal to the recipient.
LINKS = ("unsubscribe_url", "preferences_url")

FieldKind = Literal["lead", "company", "campaign", "link", "slot"]


@dataclass(frozen=True)
class MergeField:
    """A merge field of a text. A slot is a word of the author's own (`{{ product }}`), filled when the text is used."""

    path: str
    kind: FieldKind
    line: int

    def __str__(self) -> str:
        return written(self.path)


def written(path: str) -> str:
    """A path as it is typed: "{{ lead.first_name }}"."""
    return "{{ " + path + " }}"


def classify(segments: list[Any], line: int) -> MergeField:
    """The merge field that these path segments name. Raises BrokenMerge, with the fix, where there is none."""
    path = _path(segments)
    if not all(isinstance(segment, str) for segment in segments):
        raise BrokenMerge(
            f"{written(path)} in line {line} cannot be looked up; write merge fields with dots, "
            f"such as {written('lead.first_name')}.",
            line,
        )
    root, rest = segments[0], segments[1:]
    if root in LINKS and not rest:
        return MergeField(path, "link", line)
    if root in NAMESPACES:
        if _exists(root, rest):
            return MergeField(path, root, line)
        raise BrokenMerge(f"There is no merge field {written(path)} (line {line}). {_advice(root, rest)}", line)
    if rest:
        raise BrokenMerge(
            f"There is no merge field {written(path)} (line {line}): nothing is called “{root}”. "
            f"{_nearest_anywhere(root, rest[0])}",
            line,
        )
    return MergeField(path, "slot", line)


def resembles_known(slot: str) -> str | None:
    """The known field that a slot's name probably means: "first_name" is a lead's."""
    return next((f"lead.{field}" for field in NAMESPACES["lead"] if field == slot and field != "custom"), None)


def with_all_known(values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` with every known field present, None where it was not given: an empty field is no error."""
    filled: dict[str, Any] = dict.fromkeys(LINKS)
    filled.update(values)
    for namespace, names in NAMESPACES.items():
        given = values.get(namespace) or {}
        filled[namespace] = {**dict.fromkeys(names), **given}
    filled["lead"]["custom"] = _Anything(filled["lead"]["custom"] or {})
    return filled


class _Anything(dict[str, Any]):
    """A lead's custom fields: one that this lead does not have is empty."""

    def __missing__(self, key: str) -> None:
        return None


def _exists(namespace: str, rest: list[str]) -> bool:
    if namespace == "lead" and rest[:1] == ["custom"]:
        return len(rest) == 2
    return len(rest) == 1 and rest[0] in NAMESPACES[namespace]


def _advice(namespace: str, rest: list[str]) -> str:
    if rest and rest[0] == "custom":
        return f"Write a custom field as {written('lead.custom.its_name')}."
    near = get_close_matches(rest[0], NAMESPACES[namespace], n=1) if rest else []
    if near:
        return f"Did you mean {written(f'{namespace}.{near[0]}')}?"
    known = (f"{namespace}.{name}" for name in NAMESPACES[namespace] if name != "custom")
    return f"These exist: {', '.join(known)}."


def _nearest_anywhere(root: str, name: str) -> str:
    every: Iterable[str] = [f"{space}.{field}" for space, fields in NAMESPACES.items() for field in fields]
    near = get_close_matches(f"{root}.{name}", every, n=1) or [path for path in every if path.endswith(f".{name}")][:1]
    if near:
        return f"Did you mean {written(near[0])}?"
    return f"Use {', '.join(f'{space}.…' for space in NAMESPACES)}, or a single word such as {written('product')}."


def _path(segments: list[Any]) -> str:
    return ".".join(str(segment) if not isinstance(segment, list) else f"[{_path(segment)}]" for segment in segments)
