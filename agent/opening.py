"""Opening the house: the model begins to load before the house's own code does, so that both are ready together."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from agent.models.startup import Models, Progress
from agent.settings import Settings

if TYPE_CHECKING:
    from agent.hub import Hub
    from agent.routing.matcher import Matcher
    from tools.core.context import Clock


def open_hub(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    models: Models | None = None,
    matcher: Callable[[], Matcher] | None = None,
    progress: Progress | None = None,
) -> Hub:
    """Open the house: data folder, database (migrated), index, tools, graph; the model starts in the background.

    `models` and `matcher` may be shared by several hubs (evals); `progress` is told what takes long.
    """
    settings = settings or Settings()
    if models is not None:
        from agent.hub import Hub

        return Hub(settings, models, clock=clock, matcher=matcher, progress=progress)
    models = Models(settings, progress)
    models.start()
    try:
        # The house's code takes as long to load as the weights do, and loads them on the other core.
        from agent.hub import Hub

        return Hub(settings, models, own_models=True, clock=clock, matcher=matcher, progress=progress)
    except BaseException:
        models.close()
        raise
