"""What the Social page shows beside the tools' results: a text as a platform counts it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tools.posting import counting

if TYPE_CHECKING:
    from tools.core.door import Door


class PostViews:
    """`hub.views.posts`. Nothing is changed."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def today(self) -> date:
        """The day that it is in the hub's zone."""
        return self._door.clock.now().date()

    def edited(self, post: str) -> counting.EditedPost:
        """A stored post with the revision to save upon. Raises NotFound, Ambiguous."""
        with self._door.reading() as ctx:
            return counting.edited_post(ctx, post)

    def platforms(self) -> dict[str, str]:
        """Every platform with its name."""
        return counting.platform_names()

    def counted(self, platform: str, text: str) -> counting.CountedText:
        """A text as a platform counts it: length, what fits, hashtags, what to watch. Raises BadInput for no platform."""
        with self._door.reading() as ctx:
            return counting.counted_text(ctx, platform, text)
