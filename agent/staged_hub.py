"""A hub on a stage: it answers eval cases, each in a house put back to the same world, and never leaves the house."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal
from zoneinfo import ZoneInfo

from agent.hub import Hub, open_hub
from agent.settings import Settings
from agent.stage import StagedHouse
from agent.turn import Turn
from agent.world import World
from tools.core.context import FixedClock
from tools.core.declare import Tool

ModelUse = Literal["auto", "ollama", "embedded", "none"]


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

    def ask(self, said: str, conversation: str | None) -> Turn:
        """One message to the hub."""
        return self.hub.ask(said, conversation=conversation)

    def answer(self, approve: bool) -> list[Turn]:
        """Approve or reject every plan that waits; one turn for each."""
        decide = self.hub.approve if approve else self.hub.reject
        return [decide(plan.id) for plan in self.hub.plans()]


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
    return settings.model_copy(
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
