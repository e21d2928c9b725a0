"""Reading the steps of a workflow one after another: delays, branches, splits, jumps; what cannot be read is kept."""

import re
from dataclasses import dataclass, field

from tools.automating.blocks import Block, Blocks, Jump
from tools.automating.graph import (
    NO,
    SPLIT_PORTS,
    YES,
    Decide,
    SendEmail,
    SendSms,
    Span,
    Split,
    Unclear,
    Wait,
)
from tools.automating.phrases import length_at
from tools.automating.questions import Asked, ask, closing
from tools.automating.steps import Jumping, Nothing, starts, step_at, voucher_at
from tools.automating.stops import stops
from tools.automating.triggers import Reading
from tools.automating.waits import begins_waiting, delay, delay_behind, until

_SOFT = re.compile(
    r"(?:[\s,]+|(?:and|then|than|also|next|after that|afterwards?|after this|finally|first|second(?:ly)?|third(?:ly)?|lastly|plus|"
    r"in the meantime|meanwhile|followed by|but|so|automatically|please|either way|in any case|just|immediately"
    r"|at once|the steps are|steps?(?:\s*\d+)?)(?=[\s,:;.]|$)\s*:?|:)",
    re.IGNORECASE,
)
_HARD = re.compile(r"[;.!?\n]+")
_ELSE = re.compile(
    r"(?:otherwise|or else|else|if (?:they|he|she)(?: (?:do|did|have|has|does) not| (?:don|didn|haven|hasn"
    r"|doesn)'?t)(?=\s*[,:;]|\s+\w+ (?:them|sms|email)\b)|if not(?=\s*[,:])|if no(?=\s*[,:]))[\s,:]*",
    re.I,
)
_IF_SO = re.compile(
    r"if (?:they|he|she) (?:do|did|have|has|does)(?=\s*[,:])[\s,:]*|if (?:so|yes)(?=\s*[,:])[\s,:]*", re.I
)
_IF = re.compile(r"(?P<word>if|unless|in case|only if|when|whenever|should)\s+", re.IGNORECASE)
_SHARE = re.compile(
    r"(?:,|;|\n|and|while|or|\s)*(?:one (?:half|part|group)|half(?: of them)?|the (?:others|other|rest|second"
    r"|first)(?: (?:half|part|group))?|\d{1,3}\s?%(?: of (?:them|people))?|group [a-f]|[a-f]:)\s*(?::|(?:gets?|receives?)\b(?=\s+(?:nothing|\w)))?\s*",
    re.I,
)
_OR = re.compile(r"\s*(?:,|or|and|/)\s*")
#: Words that say nothing of what is done, in front of a step.
_FILLER = re.compile(
    r"(?:we|i|you|they|it|them|people|him|her|everyone|want|would|like|should|shall|will|can|could|must|need|to|that|this|happen|automatically|get|gets|have|"
    r"be|is|are|a|an|the|of|for|with|as|by|itself|themselves|now|do|does|please|should|which|who|leads?|contacts?|each|all|on|in|at|out|"
    r"right|away|straight|me|us|our|my|new|one|day|and|then|trigger|starts?|so|there|also|later|workflow|flow|automation|series)\b[\s,:]*",
    re.IGNORECASE,
)
#: Clauses that say how or why, not what: left out, and told.
_MANNER = re.compile(
    r"(?:without|because|so that|in order|since|while|just like|as usual|ideally|maybe)\b", re.IGNORECASE
)
_WORD = re.compile("[\\w\ue000-\uefff]")


@dataclass
class Scanner:
    """Reads blocks from `at` on. `ignored` are words that were left out."""

    text: str
    reading: Reading
    at: int = 0
    ignored: list[str] = field(default_factory=list)

    def all(self) -> Blocks:
        """Every step up to the end of the text."""
        told: Blocks = []
        while self.at < len(self.text):
            told += self.blocks(top=True)
            if self.at < len(self.text) and self.text[self.at] == ")":
                self.at += 1
        return told

    def blocks(self, *, top: bool = False, bracket: bool = False) -> Blocks:
        """The steps up to the end of this branch: a bracket that closes, "otherwise", or (outside brackets) a full stop."""
        told: Blocks = []
        while self.at < len(self.text):
            if self._skip(told, top or bracket):
                continue
            if self.at >= len(self.text) or self.text[self.at] == ")":
                break
            if not (top or bracket) and _HARD.match(self.text, self.at):
                break
            if (other := _ELSE.match(self.text, self.at)) and self._else(other, told, top or bracket):
                continue
            if other:
                break
            self._one(told)
        return told

    def _else(self, other: re.Match[str], told: Blocks, here: bool) -> bool:
        """The other branch of the last condition; False where it belongs to a condition further out."""
        last = next((block for block in reversed(told) if isinstance(block, Block)), None) if told else None
        if not here or last is None or not isinstance(last.node, Decide) or (last.arms.get(YES) and last.arms.get(NO)):
            if not here:
                return False
            self.at = other.end()
            return True
        self.at = other.end()
        port = NO if last.arms.get(YES) else YES
        last.arms[port] = self._arm()
        return True

    def _skip(self, told: Blocks, hard: bool) -> bool:
        found = _SOFT.match(self.text, self.at)
        if not found and hard:
            found = _HARD.match(self.text, self.at)
        if found and found.end() > self.at:
            self.at = found.end()
            return True
        return False

    def _one(self, told: Blocks) -> None:
        """Read one step, delay or branch at this place, or pass over what is none."""
        told_delay = delay(self.text, self.at, self.reading)
        if told_delay is not None:
            length, self.at = told_delay
            if (
                self._at_end()
                and told
                and isinstance(told[-1], Block)
                and isinstance(told[-1].node, SendEmail | SendSms)
            ):
                told.insert(len(told) - 1, Block(Wait(span=length)))  # "mail them ..., two days later"
                return
            told.append(Block(Wait(span=length)))
            thing = None if starts(self.text, self.at, self.reading) else voucher_at(self.text, self.at, self.reading)
            if thing and not isinstance(thing[0], Jumping | Nothing):
                told.append(Block(thing[0]))
                self.at = thing[1]
            return
        if (awaited := until(self.text, self.at, self.reading)) is not None:
            wait, self.at = awaited
            told.append(Block(wait))
            return
        so = _IF_SO.match(self.text, self.at)
        if (
            so
            and told
            and isinstance(told[-1], Block)
            and isinstance(told[-1].node, Decide)
            and not told[-1].arms.get(YES)
        ):
            self.at = so.end()
            told[-1].arms[YES] = self._arm()
            return
        if (branch := self._branch()) is not None:
            told.append(branch)
            return
        read = step_at(self.text, self.at, self.reading)
        if read is None:
            self._pass_over(told)
            return
        node, self.at = read
        if isinstance(node, Jumping):
            told.append(Jump(node.number))
        elif isinstance(node, Split):
            told.append(self._split(node))
        elif not isinstance(node, Nothing):
            behind = delay_behind(self.text, self.at) if isinstance(node, SendEmail | SendSms) else None
            if behind:
                told.append(Block(Wait(span=behind[0])))
                self.at = behind[1]
            told.append(self._conditional(Block(node)))

    def _at_end(self) -> bool:
        return not _WORD.search(self.text[self.at :])

    def _branch(self) -> Block | None:
        """ "if they opened it, ...": a condition with its branches."""
        start = self.at
        found = _IF.match(self.text, start)
        asked = (
            ask(self.text, found.end(), self.reading, stops(self.text, found.end(), self.reading)) if found else None
        )
        if found is None or asked is None:
            return None
        self.at = asked.end
        no = asked.no != (found["word"].casefold() == "unless")
        block = Block(Decide(question=asked.question))
        comma = re.match(r"[\s,:]*(?:then\b[\s,:]*)?", self.text[self.at :])
        self.at += comma.end() if comma else 0
        block.arms[NO if no else YES] = self._arm()
        self._other_arm(block, YES if no else NO)
        return self._after(asked, block)

    def _after(self, asked: Asked, block: Block) -> Block:
        """ "if they don't open it within 2 days": the wait stands before the question."""
        if asked.span is not None:
            return _Waiting(block.node, block.arms, asked.span)
        return block

    def _arm(self) -> Blocks:
        if self.text[self.at : self.at + 1] == "(":
            end = closing(self.text, self.at)
            if end is not None:
                self.at += 1
                told = _spread(self.blocks(bracket=True))
                self.at = max(self.at, end) + 1
                return told
        return _spread(self.blocks())

    def _other_arm(self, block: Block, port: str) -> None:
        """ "otherwise ...", also behind a comma or a full stop."""
        gap = re.match(r"(?:[\s,;.\n]|and\b|but\b)*", self.text[self.at :])
        at = self.at + (gap.end() if gap else 0)
        found = _ELSE.match(self.text, at) or (_IF_SO.match(self.text, at) if port == YES else None)
        if found:
            self.at = found.end()
            block.arms[port] = self._arm()

    def _conditional(self, block: Block) -> Block:
        """ "send it unless status is customer": a condition behind its step."""
        found = re.compile(r"\s+(?P<word>unless|only if|if)\s+", re.I).match(self.text, self.at)
        if not found:
            return block
        asked = ask(self.text, found.end(), self.reading, stops(self.text, found.end(), self.reading))
        if asked is None or asked.span or not re.match(r"\s*(?:[,;.\n)!?]|$)", self.text[asked.end :]):
            return block
        self.at = asked.end
        no = asked.no != (found["word"].casefold() == "unless")
        return Block(Decide(question=asked.question), {NO if no else YES: [block]})

    def _split(self, node: Split) -> Block:
        block, ports = Block(node), SPLIT_PORTS[: len(node.shares)]
        colon = re.match(r"[\s:,]*", self.text[self.at :])
        self.at += colon.end() if colon else 0
        for port in ports:
            if self.text[self.at : self.at + 1] == "(":
                block.arms[port] = self._arm()
                gap = _OR.match(self.text, self.at)
                if gap and self.text[gap.end() : gap.end() + 1] == "(":
                    self.at = gap.end()
                continue
            share = _SHARE.match(self.text, self.at)
            if share is None:
                break
            self.at = share.end()
            read = step_at(self.text, self.at, self.reading)
            if read is None:
                break
            self.at = read[1]
            if not isinstance(read[0], Jumping | Nothing):
                block.arms[port] = [Block(read[0])]
        return block

    def _pass_over(self, told: Blocks) -> None:
        """Words that are no step: filler goes, a clause of its own is kept as unclear, the rest is told."""
        start = self.at
        filler = _FILLER.match(self.text, self.at)
        while filler and filler.end() > self.at:
            self.at = filler.end()
            if self._at_end() or self._readable():
                return
            filler = _FILLER.match(self.text, self.at)
        end = start
        while end < len(self.text) and not re.match(r"[,;.!?\n)(:]", self.text[end:]):
            if end > start and self.text[end - 1] == " " and self._readable(end):
                break
            end += 1
        words = self.text[start:end].strip()
        ended = end >= len(self.text) or self.text[end] in ",;.!?\n)(:"
        self.at = max(end, start + 1)
        if not _WORD.search(words) or not _FILLER.sub("", words).strip():
            return
        words = self.reading.request.requoted(words)
        if _MANNER.match(words) or not ended:
            self.ignored.append(words)
        else:
            told.append(Block(Unclear(words=words[:300])))

    def _readable(self, at: int | None = None) -> bool:
        place = self.at if at is None else at
        return bool(
            starts(self.text, place, self.reading)
            or _IF.match(self.text, place)
            or begins_waiting(self.text, place)
            or length_at(self.text, place)
        )


@dataclass
class _Waiting(Block):
    """A condition with a wait in front of it; `spread` makes two blocks of it."""

    span: Span | None = None


def _spread(blocks: Blocks) -> Blocks:
    told: Blocks = []
    for block in blocks:
        if isinstance(block, _Waiting) and block.span is not None:
            told += [Block(Wait(span=block.span)), Block(block.node, block.arms)]
        else:
            told.append(block)
    return told


def scan(text: str, reading: Reading) -> tuple[Blocks, list[str]]:
    """The blocks of a text, and the words that were left out."""
    scanner = Scanner(text, reading)
    return _spread(scanner.all()), scanner.ignored
