"""What the builder's script asks of the hub, by name. Each answer is JSON: {"value": ...} or {"error": a sentence}."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from agent import HubError
from ui.web.parts.approval import SURFACE
from ui.web.parts.formats import count
from ui.web.parts.serving import answered

if TYPE_CHECKING:
    from agent import Hub

CONFLICT = 409

Given = dict[str, Any]


class Serving:
    """The answers for the builder. Blocking: each runs in a worker thread."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._answers: dict[str, Callable[[Given], Any]] = {
            "open": self.open, "check": self.check, "offered": self.offered, "describe": self.describe, "save": self.save,
            "read_trigger": lambda given: hub.views.workflows.trigger(_text(given)),
            "read_question": lambda given: hub.views.workflows.question(_text(given)),
            "read_steps": lambda given: hub.views.workflows.steps(_text(given)),
            "suggest_triggers": self.suggest_triggers, "next_steps": self.next_steps, "simulate": self.simulate,
            "live": self.live, "improve": self.improve, "write_texts": self.write_texts,
            "activate": lambda given: self.change("activate_workflow", given),
            "pause": lambda given: self.change("pause_workflow", given),
            "remove": lambda given: self.change("delete_workflow", given),
        }  # fmt: skip

    def ask(self, request: Any) -> dict[str, Any]:
        """Answer a request {"name", "argument"}; what a person can mend comes back as its sentence."""
        return answered(self._answers, request)

    def open(self, given: Given) -> Given:
        return self._hub.views.workflows.opened(_id(given)).model_dump(mode="json")

    def check(self, given: Given) -> Given:
        return self._hub.views.workflows.checked(_graph(given)).model_dump(mode="json")

    def offered(self, given: Given) -> Given:
        return self._hub.views.workflows.offered().model_dump(mode="json")

    def describe(self, given: Given) -> Given:
        return self._hub.views.workflows.described(_text(given)).model_dump(mode="json")

    def save(self, given: Given) -> Given:
        """Saved, or {"conflict": who was there first}; with `over`, over whatever was saved meanwhile."""
        arguments: Given = {"workflow": _id(given), "graph": json.dumps(_graph(given))}
        if not given.get("over"):
            arguments["revision"] = int(given["revision"])
        try:
            self._call("save_workflow", arguments)
        except HubError as error:
            if error.status != CONFLICT:
                raise
            return {"conflict": error.sentence}
        return self.open(given)

    def suggest_triggers(self, given: Given) -> list[Given]:
        ideas = self._call("suggest_workflow_triggers", {"goal": str(given["goal"])})["ideas"]
        return list(ideas)

    def next_steps(self, given: Given) -> Given:
        place = given["place"]
        arguments = {"graph": json.dumps(_graph(given)), "source": str(place["source"]), "port": str(place["port"])}
        return self._call("suggest_next_steps", arguments)

    def simulate(self, given: Given) -> Given:
        """A replay of the past; the way from the trigger to the first step is told as an edge too."""
        told = self._call("simulate_workflow", {"workflow": _id(given), "days": int(given["days"])})
        return {**told, "said": f"{count(told['people'], 'person', 'people').capitalize()} would have entered."}

    def live(self, given: Given) -> Given:
        """Who is where now, with edges as a simulation tells them."""
        told = self._hub.views.workflows.now(_id(given)).model_dump(mode="json")
        return {**told, "edges": [{**edge, "times": edge["people"]} for edge in told["edges"]]}

    def improve(self, given: Given) -> Given:
        return self._call("optimize_workflow", {"workflow": _id(given)})

    def write_texts(self, given: Given) -> Given:
        outcome = self._hub.call_as("generate_workflow_content", {"workflow": _id(given)}, surface=SURFACE)
        data = outcome.result.data()
        return {"said": _first_line(outcome.result.text), "ai_generated": data.get("ai_generated", False)}

    def change(self, tool: str, given: Given) -> Given:
        """Call a tool on the workflow: {"plan": its number} where a person has to approve it, else what was done."""
        outcome = self._hub.call_as(tool, {"workflow": _id(given)}, surface=SURFACE)
        return {"plan": outcome.plan_id} if outcome.waiting else {"said": _first_line(outcome.result.text)}

    def _call(self, tool: str, arguments: Given) -> Given:
        return self._hub.call_as(tool, arguments, surface=SURFACE).result.data()


def _id(given: Given) -> str:
    return str(int(given["id"]))


def _text(given: Given) -> str:
    return str(given["text"])


def _graph(given: Given) -> Given:
    graph = given["graph"]
    if not isinstance(graph, dict):
        raise TypeError("a graph is a JSON object")
    return {name: value for name, value in graph.items() if value is not None}


def _first_line(text: str) -> str:
    return text.split("\n", 1)[0].replace("**", "")
