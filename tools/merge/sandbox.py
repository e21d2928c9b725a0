"""Liquid in a sandbox: few tags and filters, and a bound on everything that a text can make grow.

python-liquid's own limits leave gaps: filters are not limited at all (`{{ (1..999999999) | join }}`, or `replace`
chained twelve times), loops side by side are not added up, and a reversed range is written out before it is counted.
So ranges must be short and written in numbers, and every loop and filter pays into one budget of steps.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, ClassVar

from liquid import BoundTemplate, Environment, RenderContext
from liquid.ast import Node
from liquid.builtin.expressions.primitive import IntegerLiteral, RangeLiteral
from liquid.builtin.tags.for_tag import ForNode, ForTag
from liquid.exceptions import LiquidError, ResourceLimitError, UndefinedError
from liquid.expression import Expression
from liquid.undefined import FalsyStrictUndefined

from tools.merge.blocks import TAGS, alone, check_blocks
from tools.merge.marks import BrokenMerge, Mark, find_marks, line_of
from tools.show import shorten

FILTERS = (
    "abs", "append", "at_least", "at_most", "capitalize", "ceil", "date", "default", "divided_by", "downcase",
    "escape", "escape_once", "first", "floor", "join", "last", "lstrip", "minus", "modulo", "newline_to_br", "plus",
    "prepend", "remove", "remove_first", "replace", "replace_first", "reverse", "round", "rstrip", "size", "slice",
    "sort", "split", "squish", "strip", "strip_html", "strip_newlines", "times", "truncate", "truncatewords", "upcase",
    "url_encode",
)  # fmt: skip
LONGEST_RANGE = 100
#: strftime pads to any width it is told ("%999999999d"), so a date format may not hold one.
_PADDED_DATE = re.compile(r"%[-_0^#]*\d")


@dataclass(frozen=True)
class Limits:
    """What one rendering may use. `steps` counts loop rounds (by their body's size) and filters (by their text)."""

    iterations: int = 1_000
    output_bytes: int = 500_000
    namespace_bytes: int = 200_000
    value_characters: int = 100_000
    steps: int = 100_000


class _Slot(FalsyStrictUndefined):
    """A slot that nobody filled: may be asked for with `if` and `default`, but not printed."""

    force_liquid_default = True
    allowed_properties = FalsyStrictUndefined.allowed_properties | {"force_liquid_default"}


class _Context(RenderContext):
    """A render context that adds up what loops and filters cost."""

    def __init__(self, template: BoundTemplate, **kwargs: Any) -> None:
        super().__init__(template, **kwargs)
        self.limits: Limits = template.env.limits  # type: ignore[attr-defined]
        self.spent = 0
        self.body_size = 1

    def spend(self, steps: int) -> None:
        self.spent += steps
        if self.spent > self.limits.steps:
            raise ResourceLimitError("it takes too many steps", token=None)

    def raise_for_loop_limit(self, length: int = 1) -> None:
        super().raise_for_loop_limit(length)
        self.spend(length * self.body_size)

    def filter(self, name: str, token: Any) -> Callable[..., object]:
        function = super().filter(name, token)

        def bounded(value: object, *args: object, **kwargs: object) -> object:
            sizes = [_size(given) for given in (value, *args, *kwargs.values())]
            self._allow(sum(sizes) if name not in ("replace", "join") else _grown(name, value, args, sizes))
            if name == "date" and (sizes[0] > 100 or any(_PADDED_DATE.search(str(form)) for form in args)):
                raise ResourceLimitError("its date or date format is too long", token=token)
            result = function(value, *args, **kwargs)
            self._allow(_size(result))
            return result

        return bounded

    def _allow(self, size: int) -> None:
        if size > self.limits.value_characters:
            raise ResourceLimitError("a value in it grows too long", token=None)
        self.spend(1 + size // 50)


class _ForNode(ForNode):
    """A loop that tells its context how large its body is, so that a round of a large body costs more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        length = self.block.token.start_index - self.token.start_index
        self.body_size = 1 + max(length, 0) // 10

    def render_to_output(self, context: RenderContext, buffer: Any) -> int:
        assert isinstance(context, _Context)
        context.body_size = self.body_size
        return super().render_to_output(context, buffer)


class _ForTag(ForTag):
    node_class = _ForNode


class _Template(BoundTemplate):
    context_class = _Context


class _Sandbox(Environment):
    template_class = _Template
    block_nesting_limit: ClassVar[int] = 15
    context_depth_limit: ClassVar[int] = 25

    def __init__(self, limits: Limits, html: bool) -> None:
        super().__init__(undefined=_Slot, autoescape=html)
        self.limits = limits
        self.add_tag(_ForTag)
        self.filters = {name: self.filters[name] for name in FILTERS}
        # The parser looks up its own pseudo tags (content, output, illegal) in the same table.
        self.tags = {name: self.tags[name] for name in ("content", "output", "illegal", *TAGS)}


@lru_cache(maxsize=16)
def _environment(limits: Limits, html: bool) -> _Sandbox:
    kind = type(
        "Sandbox",
        (_Sandbox,),
        {
            "loop_iteration_limit": limits.iterations,
            "output_stream_limit": limits.output_bytes,
            "local_namespace_limit": limits.namespace_bytes,
        },
    )
    made = kind(limits, html)
    assert isinstance(made, _Sandbox)
    return made


@lru_cache(maxsize=32)
def parse(content: str, limits: Limits | None = None, *, html: bool = False) -> BoundTemplate:
    """`content` as a Liquid template of the sandbox; the last ones are kept, since a mailing fills one in many times.

    Raises BrokenMerge for what cannot be parsed, for unknown tags and filters, and for long or computed ranges.
    """
    marks = find_marks(content)
    check_blocks(content, marks)
    try:
        template = _environment(limits or Limits(), html).from_string(content)
        _check_filters(content, template)
        for node in template.nodes:
            _check_ranges(content, template, node)
    except LiquidError as error:
        raise _broken(content, marks, error) from error
    except RecursionError as error:
        raise BrokenMerge("The text nests its Liquid tags too deeply; make it simpler.") from error
    return template


def run(template: BoundTemplate, content: str, values: Mapping[str, Any]) -> str:
    """The rendered text. Raises BrokenMerge where a slot is not filled, a filter fails or a limit is reached."""
    try:
        return template.render(**values)
    except UndefinedError as error:
        position = error.token.start_index if error.token else 0
        line = line_of(content, position)
        mark = next((mark.text for mark in find_marks(content) if mark.start <= position < mark.end), "A merge field")
        raise BrokenMerge(f"{mark} in line {line} has no value yet; fill it in first.", line) from error
    except LiquidError as error:
        raise _broken(content, find_marks(content), error) from error
    except Exception as error:
        # Filters of the library let Python's own errors through (overflow, huge integers, odd dates): to whoever wrote
        # the text they are all the same, a merge field that cannot be filled.
        raise BrokenMerge(f"The text cannot be filled in: {error}. Check the filters in it.") from error


def _check_filters(content: str, template: BoundTemplate) -> None:
    for name, spans in template.analyze(include_partials=False).filters.items():
        if name not in FILTERS:
            near = get_close_matches(name, FILTERS, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"These exist: {', '.join(FILTERS)}."
            line = line_of(content, spans[0].index)
            raise BrokenMerge(f"There is no filter “{name[:40]}” (line {line}). {hint}", line)


def _check_ranges(content: str, template: BoundTemplate, node: Node) -> None:
    for expression in node.expressions():
        for part in _parts(expression):
            if isinstance(part, RangeLiteral) and not _is_short(part):
                line = line_of(content, part.token.start_index)
                raise BrokenMerge(
                    f"The range in line {line} must be written in numbers and hold at most {LONGEST_RANGE} of them, "
                    "such as (1..5).",
                    line,
                )
    for child in node.children(RenderContext(template), include_partials=False):
        _check_ranges(content, template, child)


def _parts(expression: Expression) -> Iterator[Expression]:
    yield expression
    for child in expression.children():
        yield from _parts(child)


def _is_short(part: RangeLiteral) -> bool:
    start, stop = part.start, part.stop
    if not (isinstance(start, IntegerLiteral) and isinstance(stop, IntegerLiteral)):
        return False
    return abs(start.value) < 10**9 and stop.value - start.value < LONGEST_RANGE


def _broken(content: str, marks: list[Mark], error: LiquidError) -> BrokenMerge:
    position = error.token.start_index if error.token else -1
    mark = next((mark for mark in marks if mark.start <= position < mark.end), None) or _culprit(marks)
    reason = " ".join(str(error.message).split())[:120]
    if isinstance(error, ResourceLimitError):
        return BrokenMerge(f"The text asks for too much when it is filled in ({reason}); make it simpler.")
    line = line_of(content, mark.start) if mark else None
    where = f"{shorten(mark.text, 60)} in line {line}" if mark else "The text"
    return BrokenMerge(
        f"{where} cannot be read as Liquid ({reason}). Correct it, or put {{% raw %}} and {{% endraw %}} around braces "
        "that are meant as text.",
        line,
    )


def _culprit(marks: list[Mark]) -> Mark | None:
    """The first mark that cannot be parsed by itself: the library loses the place of an error at a mark's end."""
    for mark in marks:
        source = alone(mark)
        try:
            if source is not None:
                _environment(Limits(), False).from_string(source)
        except LiquidError:
            return mark
    return None


def _size(value: object) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value.bit_length() // 3
    if isinstance(value, list | tuple):
        return len(value) + sum(_size(item) for item in value)
    if isinstance(value, range):
        return len(value)
    return 1


def _grown(name: str, value: object, args: tuple[object, ...], sizes: list[int]) -> int:
    """The longest result that `replace` or `join` can have, before it is made."""
    added = len(str(args[-1])) if args else 1
    if name == "replace":
        return sum(sizes) + added * (str(value).count(str(args[0])) if args else 0)
    return sum(sizes) + added * (len(value) if isinstance(value, list | tuple | range) else 1)
