"""What the calendar's script asks of the hub, by name. Each answer is JSON: {"value": ...} or {"error": a sentence}."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ui.web.parts.approval import SURFACE
from ui.web.parts.formats import moment_of, shorten
from ui.web.parts.serving import answered

if TYPE_CHECKING:
    from agent import Hub

Given = dict[str, Any]
#: Days that a calendar shows at most at once.
MOST_DAYS = 62


class Serving:
    """The answers for the calendar. Blocking: each runs in a worker thread."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._answers: dict[str, Callable[[Given], Any]] = {
            "posts": self.posts,
            "move": self.move,
            "today": lambda given: hub.views.posts.today().isoformat(),
        }

    def ask(self, request: Any) -> dict[str, Any]:
        """Answer a request {"name", "argument"}; what a person can mend comes back as its sentence."""
        return answered(self._answers, request)

    def posts(self, given: Given) -> list[Given]:
        """The posts between two days of the hub's zone, as events of the calendar; times are local, without a zone."""
        first, last = date.fromisoformat(given["first"][:10]), date.fromisoformat(given["last"][:10])
        last = min(last, first + timedelta(days=MOST_DAYS))
        period = {"period": f"{first.isoformat()} to {last.isoformat()}"}
        found = self._hub.call_as("list_social_posts", period, surface=SURFACE).result.data()["posts"]
        names, zone = self._hub.views.posts.platforms(), self._hub.settings.zone
        events = []
        for post in found:
            when = post["published_at"] or post["scheduled_time"]
            if when is None or post["status"] == "cancelled":
                continue
            local = datetime.fromisoformat(when).astimezone(zone)
            start = local.strftime("%Y-%m-%dT%H:%M:%S")
            events.append(
                {
                    "id": post["id"],
                    "title": shorten(post["content"], 120),
                    "start": start,
                    "end": (local + timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M:%S"),
                    "editable": post["status"] in ("draft", "scheduled", "failed"),
                    "extendedProps": {
                        "platform": post["platform"], "name": names[post["platform"]], "status": post["status"],
                        "when": moment_of(when, zone),
                    },
                }
            )  # fmt: skip
        return events

    def move(self, given: Given) -> Given:
        """Another time for a post: a draft's plan is changed at once; for a scheduled one {"plan": its number}."""
        edited = self._hub.views.posts.edited(str(int(given["id"])))
        post, at = edited.post, datetime.fromisoformat(given["time"])
        arguments = {"post": str(post.id), "platform": post.platform.value, "scheduled_time": at}
        if post.status.value == "draft":
            kept = {"content": post.content, "media_urls": list(post.media_urls), "revision": edited.revision}
            outcome = self._hub.call_as("save_social_post", {**arguments, **kept}, surface=SURFACE)
            return {"said": outcome.result.text.split("\n", 1)[0]}
        outcome = self._hub.call_as("schedule_social_post", arguments, surface=SURFACE)
        return {"plan": outcome.plan_id}
