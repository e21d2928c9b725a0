"""Corrections in a conversation: "that should have been a draft", `/learn update_campaign`, `/learned`, `/unlearn 3`.

What is to be learned is always the last message, and always confirmed: by the tool's own name, or by a person's choice
among the tools that the words fit.
"""

import re
from collections.abc import Sequence
from typing import Any

from agent.conversation import History, Pending
from agent.learning import LearnedSentence, Learning
from agent.slash import ALIASES, Lesson, command_of, is_slash
from agent.talk import approves, calls_off
from agent.turn import Turn
from tools.core.declare import Tool
from tools.core.errors import BadInput, NotFound
from tools.core.records import NOUNS
from tools.core.result import RecordLink
from tools.quoting import inert

#: The name under which an open question about a lesson is remembered; no tool is called so.
LEARN = "learn"
#: So many tools are offered to choose from.
MOST_OFFERED = 5

_CORRECTS = re.compile(
    r"^\W*(?:no\b\W*|sorry\b\W*|wrong\b\W*|hm+\b\W*)*(?:that|this|it|you)\s+"
    r"(?:should\s+(?:have|of)|should['’]ve|was\s+(?:supposed|meant)\s+to|were\s+(?:supposed|meant)\s+to)\s+"
    r"(?:have\s+)?(?:(?:been|be|become|made|make|used|use|called|call|given me|give me)\s+)?(?P<what>.+?)\W*$",
    re.IGNORECASE | re.DOTALL,
)
#: A value is corrected without an article ("that should have been Tuesday"); a kind of work has one.
_KIND_OF_WORK = re.compile(r"^(?:an?|the|just an?|only an?)\s+|^/\w|^\w+_\w+\s*$", re.IGNORECASE)
_SMALL = frozenset(
    "a an the just only new of for to with about our my it one some call tool command please instead".split()
)
#: What people call what a tool does, beside the words of its name.
_VERBS = {
    "generate": ("write", "text", "writing"), "create": ("new", "make", "making", "set up"), "update": ("change", "edit"),
    "delete": ("remove", "removal"), "get": ("show", "details", "look"), "list": ("overview", "show"),
    "search": ("find", "look"), "analyze": ("analysis", "check", "report"), "optimize": ("improvement", "advice", "tips"),
    "schedule": ("plan", "planning"), "import": ("upload",), "suggest": ("suggestion", "advice"),
}  # fmt: skip


class Correcting:
    """Reads corrections and answers to its own questions. Changes nothing itself: it gives requests to carry out."""

    def __init__(self, learning: Learning, tools: dict[str, Tool]) -> None:
        self._learning = learning
        self._tools = tools

    def read(self, message: str, history: History) -> dict[str, Any] | None:
        """What the message comes to (keys of a turn's state), or None where it corrects nothing."""
        if history.pending is not None and history.pending.tool == LEARN:
            answer = self._answer(message, history.pending)
            if answer is not None:
                return answer
        found = _CORRECTS.match(message)
        if found is None or not _KIND_OF_WORK.match(found.group("what")):
            return None
        meant = self._last(history)
        fitting = self._fitting(found.group("what"))
        if meant is None or not fitting:
            return None
        return self._ask(meant, fitting)

    def command(self, lesson: Lesson, history: History) -> dict[str, Any]:
        """`/learn TOOL`, `/learned`, `/unlearn N`. Raises HubError."""
        if lesson.verb == "learned":
            return {"replies": [self.listed(self._learning.learned())]}
        if lesson.verb == "unlearn":
            if not lesson.rest.strip("# ").isdigit():
                raise BadInput("Which one? `/learned` lists the sentences, `/unlearn 3` removes the third.")
            return {"requests": [{"unlearn": int(lesson.rest.strip("# "))}]}
        meant = self._last(history)
        if meant is None:
            raise BadInput("There is no message before this one to learn from. Say it first, then `/learn TOOL`.")
        if not lesson.rest:
            raise BadInput("Which tool is meant? Write its name, such as `/learn update_campaign`; `/help` lists them.")
        exact = self._exact(lesson.rest)
        if exact is not None:
            return self._keep(meant.say, meant.id, exact)
        fitting = self._fitting(lesson.rest)
        if not fitting:
            raise NotFound(f"No tool fits “{lesson.rest}”. `/help` lists them all.", "tool")
        return self._ask(meant, fitting)

    def carry_out(self, request: dict[str, Any], person: str, history: History) -> str:
        """Keep or remove a sentence as `read` or `command` said; returns what to answer. Raises HubError."""
        if "unlearn" in request:
            gone = self._learning.unlearn(int(request["unlearn"]))
            return f"Forgotten: “{inert(gone.sentence)}” no longer means `{gone.tool}` by itself."
        lesson = request["learn"]
        before = tuple(turn for turn in history.turns if turn.id != lesson["turn"])
        kept = self._learning.learn(lesson["sentence"], lesson["tool"], person, History(before))
        gate = " It waits for your approval as ever." if self._tools[kept.tool].effect == "gated" else ""
        return (
            f"Learned as number {kept.id}: “{inert(kept.sentence)}” means `{kept.tool}`, also with other names and values."
            f"{gate} Nothing was called now: say it again to have it done, or `/unlearn {kept.id}` to take this back."
        )

    def listed(self, learned: Sequence[LearnedSentence]) -> str:
        """The learned sentences as Markdown."""
        if not learned:
            return (
                "The house has no sentences of its own yet. When I got one wrong, say “that should have been …” or "
                "`/learn TOOL` right after it."
            )
        lines = [
            f"- {one.id}: “{inert(one.sentence)}” means `{one.tool}` ({inert(one.person)}, {one.learned_at[:10]})"
            for one in learned
        ]
        return "\n".join(["Sentences of the house's own; `/unlearn N` removes one.", "", *lines])

    # -- helpers -----------------------------------------------------------------------------------------------------

    def _last(self, history: History) -> Turn | None:
        """The last message that was a request in words (neither a command nor a correction)."""
        for turn in reversed(history.turns):
            if not is_slash(turn.say) and not _CORRECTS.match(turn.say):
                return turn
            if not is_slash(turn.say):
                return None
        return None

    def _ask(self, meant: Turn, tools: Sequence[Tool]) -> dict[str, Any]:
        self._learning.check(" ".join(meant.say.split()))
        ranking = self._learning.rank(meant.say)
        likely = sorted(tools, key=lambda tool: ranking.index(tool.name) if tool.name in ranking else len(ranking))
        offered = likely[:MOST_OFFERED]
        said = inert(" ".join(meant.say.split()))
        if len(offered) == 1:
            question = (
                f"Shall “{said}” mean `{offered[0].name}` ({offered[0].summary.rstrip('.').lower()}) from now on?"
            )
        else:
            lines = [f"{at}. `{tool.name}`: {tool.summary}" for at, tool in enumerate(offered, start=1)]
            question = "\n".join([f"Which tool shall “{said}” mean from now on? Answer with its number.", "", *lines])
        pending = Pending(
            tool=LEARN,
            arguments={"sentence": meant.say, "turn": meant.id},
            fields=("tool",),
            candidates=tuple(RecordLink(noun="tool", id=at, name=t.name) for at, t in enumerate(offered, start=1)),
            question=question,
        )
        return {
            "replies": [question],
            "asks": True,
            "pending": pending.model_dump(mode="json"),
            "decided_by": "matcher",
        }

    def _answer(self, message: str, pending: Pending) -> dict[str, Any] | None:
        """The answer to "which tool?"; None where the message is about something else."""
        if calls_off(message) or re.fullmatch(r"\W*(?:no|nope)\W*", message, re.IGNORECASE):
            return {"replies": ["All right, nothing is learned."], "decided_by": "matcher"}
        names = [candidate.name for candidate in pending.candidates]
        number = re.fullmatch(r"\W*(?:number |the )?#?(\d{1,2})\W*", message, re.IGNORECASE)
        if number and 1 <= int(number.group(1)) <= len(names):
            chosen: Tool | None = self._tools[names[int(number.group(1)) - 1]]
        elif approves(message) and len(names) == 1:
            chosen = self._tools[names[0]]
        else:
            chosen = self._exact(message)
        if chosen is None:
            return None
        return self._keep(str(pending.arguments["sentence"]), str(pending.arguments["turn"]), chosen)

    def _keep(self, sentence: str, turn: str, tool: Tool) -> dict[str, Any]:
        request = {"learn": {"sentence": sentence, "turn": turn, "tool": tool.name}}
        return {"requests": [request], "decided_by": "matcher"}

    def _exact(self, words: str) -> Tool | None:
        """The tool of this name or command ("update_campaign", "/campaign update", "update campaign")."""
        wanted = "_".join(re.findall(r"\w+", words.casefold()))
        for tool in self._tools.values():
            noun, verb = command_of(tool)
            if wanted in (tool.name, f"{noun}_{verb}", f"{verb}_{noun}"):
                return tool
        return None

    def _fitting(self, words: str) -> list[Tool]:
        """The tools that all of these words fit ("a draft", "the mailing", "an update of the campaign")."""
        exact = self._exact(words)
        if exact is not None:
            return [exact]
        wanted = [word for word in re.findall(r"[^\W_]+", words.casefold()) if word not in _SMALL]
        if not wanted:
            return []
        return [tool for tool in self._tools.values() if all(_fits(word, _words_of(tool)) for word in wanted)]


def _words_of(tool: Tool) -> set[str]:
    """What a tool may be called by: its name, its command, the kind of record it works on, what it does."""
    noun, verb = command_of(tool)
    words = {*tool.name.split("_"), *noun.split("_"), *verb.split("_")}
    words |= {alias for alias, meant in ALIASES.items() if meant == noun}
    words |= set(_VERBS.get(tool.name.partition("_")[0], ()))
    for argument in tool.arguments:
        if argument.noun in NOUNS and argument.required:
            words |= {
                word for said in (NOUNS[argument.noun].singular, *NOUNS[argument.noun].words) for word in said.split()
            }
    if tool.effect == "draft":
        words |= {"draft", "text"}
    if "create" in words and noun == "email":
        words.add("draft")  # a mailing is made as one
    return words


def _fits(word: str, words: set[str]) -> bool:
    """Whether a word is one of these, in any of its forms ("paused", "templates")."""
    if word in words:
        return True
    stem = re.sub(r"(?:ing|ed|es|s|e|al|ion|d)$", "", word)
    return len(stem) >= 4 and any(other.startswith(stem) for other in words)
