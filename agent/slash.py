"""Slash commands: `/noun verb [record] [name=value ...]` for every tool, made from the declarations.

`/campaign update Bloom budget=7500` is update_campaign(campaign="Bloom", budget=7500). The verb and the noun come from
the tool's name, the group's other words work too (`/mailing send`, `/kb search`), and so does the whole name
(`/update_campaign`). Words without `name=` fill the required arguments in order.
"""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from tools.core.arguments import spoken
from tools.core.declare import Tool
from tools.core.errors import BadInput

#: Other words for a command's noun.
ALIASES = {
    "mailing": "email", "mail": "email", "email_campaign": "email", "post": "social", "social_post": "social",
    "automation": "workflow", "ab": "ab_test", "test": "ab_test", "abtest": "ab_test", "experiment": "ab_test",
    "kb": "knowledge", "article": "knowledge", "contact": "lead", "list": "segment",
}  # fmt: skip

#: Where the verb and noun of a tool's name do not read as a command: its command, by hand.
COMMANDS: dict[str, tuple[str, str]] = {
    "generate_campaign_ideas": ("campaign", "ideas"),
    "generate_campaign_content": ("campaign", "content"),
    "analyze_campaign_performance": ("campaign", "performance"),
    "generate_email": ("content", "email"),
    "generate_sms": ("content", "sms"),
    "generate_call_script": ("content", "call_script"),
    "generate_ad_copy": ("content", "ad"),
    "set_brand_voice": ("content", "brand_voice"),
    "create_email_campaign": ("email", "create"),
    "list_email_campaigns": ("email", "list"),
    "send_email_campaign": ("email", "send"),
    "cancel_email_campaign": ("email", "cancel"),
    "generate_email_sequence": ("email", "sequence"),
    "optimize_subject_lines": ("email", "subject_lines"),
    "generate_email_template": ("email", "template"),
    "analyze_email_performance": ("email", "performance"),
    "optimize_send_time": ("email", "send_time"),
    "suggest_personalization": ("email", "personalization"),
    "explain_delivery": ("email", "why"),
    "generate_social_post": ("social", "generate"),
    "create_content_calendar": ("social", "calendar"),
    "generate_hashtags": ("social", "hashtags"),
    "schedule_social_post": ("social", "schedule"),
    "list_social_posts": ("social", "list"),
    "cancel_social_post": ("social", "cancel"),
    "optimize_posting_times": ("social", "best_times"),
    "predict_engagement": ("social", "predict"),
    "analyze_social_performance": ("social", "performance"),
    "suggest_workflow_triggers": ("workflow", "triggers"),
    "generate_workflow_content": ("workflow", "content"),
    "analyze_workflow_performance": ("workflow", "performance"),
    "get_dashboard": ("analytics", "dashboard"),
    "generate_insights": ("analytics", "insights"),
    "get_channel_performance": ("analytics", "channel"),
    "predict_performance": ("analytics", "forecast"),
    "identify_trends": ("analytics", "trends"),
    "detect_anomalies": ("analytics", "anomalies"),
    "attribute_conversions": ("analytics", "attribution"),
    "recommend_actions": ("analytics", "recommend"),
    "generate_reports": ("analytics", "report"),
    "get_ab_test_results": ("ab_test", "results"),
    "choose_ab_winner": ("ab_test", "winner"),
    "save_template": ("template", "save"),
    "update_lead_status": ("lead", "status"),
    "analyze_lead_batch": ("lead", "analyze_batch"),
    "import_leads": ("lead", "import"),
    "search_knowledge": ("knowledge", "search"),
    "add_knowledge_article": ("knowledge", "add"),
    "import_knowledge": ("knowledge", "import"),
    "find_pain_points": ("knowledge", "pain_points"),
}
#: Commands about the house's own example sentences.
_LESSON = re.compile(r"/(learn|learned|unlearn)(?:\s+(.*))?$", re.IGNORECASE | re.DOTALL)
_DECISION = re.compile(r"/(approve|reject)\b[\s#]*(\d*)\s*$", re.IGNORECASE)
#: A part in single quotes, as against an apostrophe ("Bloom's").
_SINGLE_QUOTED = re.compile(r"(?:^|[\s=])'[^']*'(?:\s|$)")
_PAIR = re.compile(r"(\w+)=(.*)", re.DOTALL)


@dataclass(frozen=True)
class Command:
    """A slash command as it was written: the tool and its arguments, still as text."""

    tool: Tool
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Decision:
    """`/approve 12` or `/reject 12`; plan is None where no number was given."""

    approve: bool
    plan: int | None


@dataclass(frozen=True)
class Lesson:
    """`/learn update_campaign`, `/learned` or `/unlearn 3`: the verb and what stands behind it."""

    verb: str
    rest: str = ""


def command_of(tool: Tool) -> tuple[str, str]:
    """A tool's noun and verb as a command: ("campaign", "update") for update_campaign."""
    if tool.name in COMMANDS:
        return COMMANDS[tool.name]
    verb, _, noun = tool.name.partition("_")
    return (noun[:-1] if noun.endswith("s") else noun), verb


def usage(tool: Tool) -> str:
    """How the command is written: `/campaign update <campaign> [budget=...]`."""
    noun, verb = command_of(tool)
    parts = [f"/{noun} {verb}"]
    for argument in tool.arguments:
        parts.append(f"<{argument.name}>" if argument.required else f"[{argument.name}=…]")
    return " ".join(parts)


def is_slash(text: str) -> bool:
    """Whether the message is a command: a slash with a word right behind it, and no path such as /home/me."""
    return re.match(r"\s*/[A-Za-z]\w*(\s|$)", text) is not None


def decision(text: str) -> Decision | None:
    """`/approve` or `/reject`, if that is what the message is."""
    found = _DECISION.match(text.strip())
    if found is None:
        return None
    return Decision(found.group(1).lower() == "approve", int(found.group(2)) if found.group(2) else None)


def lesson(text: str) -> Lesson | None:
    """`/learn`, `/learned` or `/unlearn`, if that is what the message is."""
    found = _LESSON.match(text.strip())
    return Lesson(found.group(1).lower(), (found.group(2) or "").strip()) if found else None


def parse(text: str, tools: dict[str, Tool]) -> Command | Decision | None:
    """Read a command; None is `/help`. Raises BadInput with the nearest command where it is not known."""
    decided = decision(text)
    if decided:
        return decided
    words = _words(text)
    head = words[0][1:].lower()
    if head in ("help", "commands"):
        return None
    tool, rest = _find(head, words[1:], tools)
    return Command(tool, _arguments(tool, rest))


def help_text(tools: dict[str, Tool]) -> str:
    """Every command, by group, as Markdown."""
    lines = [
        "Write what you want in your own words, or use a command. `/approve N` and `/reject N` decide on a plan. When I got "
        "something wrong, `/learn TOOL` teaches me what the last message meant; `/learned` lists what I was taught.",
        "",
    ]
    group = ""
    for tool in tools.values():
        if tool.group != group:
            group = tool.group
            lines.append(f"\n**{group.capitalize()}**\n")
        lines.append(f"- `{usage(tool)}`: {tool.summary}")
    return "\n".join(lines)


def tool_of(words: Sequence[str], tools: Mapping[str, Tool]) -> tuple[Tool, list[str]]:
    """The tool that a command's words name, and the words behind its name. Raises BadInput where there is none."""
    return _find(words[0][1:].lower(), list(words[1:]), dict(tools))


def _words(text: str) -> list[str]:
    text = text.strip().replace("“", '"').replace("”", '"')
    try:
        lexer = shlex.shlex(text, posix=True, punctuation_chars=False)
        lexer.whitespace_split, lexer.commenters, lexer.quotes = True, "", "\"'" if _SINGLE_QUOTED.search(text) else '"'
        return list(lexer)
    except ValueError:
        raise BadInput('A quotation mark in this command is never closed. Put names with blanks in "…".') from None


def _find(head: str, rest: list[str], tools: dict[str, Tool]) -> tuple[Tool, list[str]]:
    if head in tools:
        return tools[head], rest
    noun = ALIASES.get(head, head)
    noun = noun[:-1] if noun.endswith("s") and noun[:-1] in {command_of(tool)[0] for tool in tools.values()} else noun
    verbs = {command_of(tool)[1]: tool for tool in tools.values() if command_of(tool)[0] == noun}
    verbs |= {tool.name.partition("_")[0]: tool for tool in tools.values() if tool.name.partition("_")[2] == noun}
    if not verbs:
        nouns = sorted({command_of(tool)[0] for tool in tools.values()})
        near = get_close_matches(noun, nouns, n=1)
        hint = f" Did you mean /{near[0]}?" if near else ""
        raise BadInput(f"There is no command /{head}.{hint} `/help` lists them all.")
    if rest:
        verb = rest[0].lower().replace("-", "_")
        synonym = {"show": "get", "view": "get", "open": "get", "new": "create", "add": "create", "edit": "update",
                   "set": "update", "remove": "delete", "analyse": "analyze", "optimise": "optimize"}  # fmt: skip
        for wanted in (verb, synonym.get(verb, verb)):
            if wanted in verbs:
                return verbs[wanted], rest[1:]
    listed = ", ".join(f"`/{noun} {verb}`" for verb in sorted(verbs))
    raise BadInput(f"What should happen with the {spoken(noun)}? There is {listed}.")


def _arguments(tool: Tool, words: list[str]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    free: list[str] = []
    last: str | None = None
    for word in words:
        pair = _PAIR.fullmatch(word)
        if pair and (tool.argument(pair.group(1)) or not free or last):
            last = pair.group(1)
            given[last] = pair.group(2)
        elif last:
            given[last] = f"{given[last]} {word}"  # subject=Hello world: a value goes on until the next name=
        else:
            free.append(word)
    open_arguments = [argument for argument in tool.arguments if argument.name not in given]
    required = [argument for argument in open_arguments if argument.required] or open_arguments
    for at, argument in enumerate(required):
        if not free:
            break
        is_last = at == len(required) - 1
        given[argument.name] = " ".join(free) if is_last else free[0]
        free = [] if is_last else free[1:]
    if free:
        raise BadInput(f"“{' '.join(free)}” is left over. The command is `{usage(tool)}`.")
    return given
