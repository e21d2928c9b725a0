"""A hub on a stage: it answers eval cases, each in a house put back to the same world, and never leaves the house."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal
from zoneinfo import ZoneInfo

from agent.hub import Hub
from agent.opening import open_hub
from agent.settings import Settings
from agent.stage import Answer, StagedHouse
from agent.turn import Turn
from agent.world import COMPANY_FACTS, World
from memory.conversations import FAILED
from memory.conversations import Turn as StoredTurn
from memory.house import set_house_fact
from memory.plans import EXECUTED, REJECTED
from tools.core.context import FixedClock
from tools.core.declare import Tool

ModelUse = Literal["auto", "ollama", "embedded", "none"]


class TurnFailed(Exception):
    """A turn ended in an exception inside the hub; the log has its trace."""


class Stage(StagedHouse):
    """A hub and its staged house."""

    def __init__(self, hub: Hub, world: World) -> None:
        super().__init__(hub.database, world)
        self.hub = hub

    @property
    def tools(self) -> dict[str, Tool]:
        return self.hub.tools

    @property
    def zone(self) -> ZoneInfo:
        return self.world.zone

    @property
    def model(self) -> str:
        """Which model decides, and where it runs; "none" without one."""
        chat = self.hub.models.chat
        return f"{chat.model} ({self.hub.models.kind})" if chat else "none"

    def warm(self) -> None:
        """Have ready what a hub that has been running for a while has ready: the matcher and the index."""
        self.hub.warm_up()
        self.hub.index.refresh()

    def begin(self, planted: Sequence[Mapping[str, Any]]) -> None:
        """Put the house back to the world, with `planted` laid in: records, a `file` (name, content) to import, and what
        the `company` says of itself."""
        for path in self._folder.glob("*"):
            path.unlink()
        records = []
        for entry in planted:
            if entry.get("kind") == "file":
                (self._folder / Path(entry["name"]).name).write_text(entry["content"], encoding="utf-8")
            elif entry.get("kind") != "company":
                records.append(entry)
        super().begin(records)
        with self._database.session(write=True) as session:
            for entry in planted:
                for name, key in COMPANY_FACTS.items() if entry.get("kind") == "company" else ():
                    if name in entry:
                        set_house_fact(session, key, entry[name])
        self.hub.index.refresh()  # a house has read its own texts long before somebody asks

    @property
    def _folder(self) -> Path:
        """Where files to import are laid."""
        folder = self.hub.settings.folders_to_import_from[0]
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def ask(self, said: str, conversation: str | None) -> Turn:
        """One message to the hub. Raises TurnFailed where it broke: the hub itself only logs that and apologises."""
        turn = self.hub.ask(said, conversation=conversation)
        with self._database.session() as session:
            if session.get_one(StoredTurn, turn.id).state == FAILED:
                raise TurnFailed(turn.reply)
        return turn

    def answer(self, approve: bool) -> Answer:
        """Approve or reject every plan that waits."""
        turns, refused = [], []
        for plan in self.hub.plans():
            turn = (self.hub.approve if approve else self.hub.reject)(plan.id)
            turns.append(turn)
            if self.hub.plan(plan.id).state != (EXECUTED if approve else REJECTED):
                refused.append(turn.reply)
        return Answer(tuple(turns), tuple(refused))


@contextmanager
def open_stage(
    settings: Settings,
    world: World,
    *,
    model_use: ModelUse | None = None,
    progress: Callable[[str, float | None], None] | None = None,
) -> Iterator[Stage]:
    """A stage in a folder of its own, which is removed at the end. The settings' model is used, none of their data."""
    with TemporaryDirectory(prefix="marketing-hub-stage-") as folder:
        apart = stage_settings(settings, world, Path(folder), model_use)
        with open_hub(apart, clock=FixedClock(world.zone, world.now), progress=progress) as hub:
            stage = Stage(hub, world)
            try:
                yield stage
            finally:
                stage.close()


def stage_settings(settings: Settings, world: World, home: Path, model_use: ModelUse | None) -> Settings:
    """The settings with all data in `home`, and with no way out of the house: an eval never sends anything."""
    apart = settings.model_copy(
        update={
            "home": home,
            "database_url": None,
            "chroma_url": None,
            "smtp_url": None,
            "import_folders": (),
            "time_zone": world.zone.key,
            "currency": world.currency,
            "model_use": model_use or settings.model_use,
        }
    )
    apart.__dict__.pop("zone", None)  # computed once from the former time zone, and copied along
    return apart
