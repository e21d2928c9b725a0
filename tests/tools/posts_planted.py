"""Posts for tests, planted as records."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from memory.enums import Platform, PostStatus
from memory.metrics import record_metric
from memory.posts import SocialPost
from tools.posting.limits import hashtags_of

Writing = Callable[[], AbstractContextManager[Session]]
ZONE = ZoneInfo("Europe/Berlin")


def plant(writing: Writing, content: str, platform: str = "twitter", **fields: Any) -> int:
    """A post, a draft unless `fields` say otherwise; moments as ISO text in Berlin's time. Gives its id."""
    results = {name: fields.pop(name) for name in ("likes", "shares", "comments", "impressions") if name in fields}
    imported = fields.pop("imported", False)
    for name in ("scheduled_time", "published_at"):
        if isinstance(fields.get(name), str):
            fields[name] = datetime.fromisoformat(fields[name]).replace(tzinfo=ZONE)
    status = PostStatus.PUBLISHED if "published_at" in fields else PostStatus.DRAFT
    with writing() as session:
        post = SocialPost(
            platform=Platform(platform),
            content=content,
            hashtags=hashtags_of(content),
            **({"status": status, "media_urls": []} | fields),
        )
        session.add(post)
        session.flush()
        for metric, value in results.items():
            record_metric(session, "social_post", post.id, metric, value, imported=imported)
        return post.id
