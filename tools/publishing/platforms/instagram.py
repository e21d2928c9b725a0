"""Instagram, professional accounts. https://developers.facebook.com/docs/instagram-platform/content-publishing/

A container is made of each picture or film, Instagram fetches it, and only a container that is ready is published.
"""

import contextlib
from datetime import datetime, timedelta
from typing import Any

import httpx

from memory.enums import Platform
from memory.publishing import DuePost
from tools.publishing.adapter import Adapter, Who, bearer
from tools.publishing.answers import Later, Published, Refused
from tools.publishing.credentials import Account, Credentials
from tools.publishing.media import is_video
from tools.publishing.platforms.meta import VERSION, meta_error

#: How often, and every how many seconds, a container is asked whether it is ready.
TRIES, EVERY = 100, 3.0
_FIGURES = {
    "likes": "likes", "comments": "comments", "shares": "shares", "saved": "saves", "views": "impressions", "reach": "reach",
}  # fmt: skip


class Instagram(Adapter):
    """An account with a token of "Instagram API with Instagram Login", which lives 60 days and is renewed in time."""

    platform = Platform.INSTAGRAM
    host = "https://graph.instagram.com"
    ahead = timedelta(days=10)
    stays_open = True
    assumed = timedelta(days=12)  # renewed after two days (a token must be one day old for that); then its end is known

    def explained(self, response: httpx.Response, creates: bool) -> Exception | None:
        return meta_error("Instagram", response, creates)

    def who(self, credentials: Credentials, external_id: str) -> Who:
        """GET /me?fields=user_id,username"""
        found = self.api.json("GET", self._at("me"), params={"fields": "user_id,username"}, headers=bearer(credentials))
        return Who(f"@{found['username']}", str(found["user_id"]))

    def refresh(self, account: Account, now: datetime) -> Credentials | None:
        """GET /refresh_access_token, grant_type=ig_refresh_token: only while the old token is still valid."""
        query = {"grant_type": "ig_refresh_token", "access_token": account.credentials.access_token}
        found = self.api.json("GET", self.url("/refresh_access_token"), params=query)
        token = str(found["access_token"])
        return account.credentials.renewed(now, found.get("expires_in"), access_token=token)

    def prepare(self, account: Account, post: DuePost) -> Any:
        urls = post.media_urls
        if not urls:
            raise Refused("Instagram takes no post without a picture or film. Add one and give the post a new time.")
        if len(urls) == 1:
            kind = {"media_type": "REELS", "video_url": urls[0]} if is_video(urls[0]) else {"image_url": urls[0]}
            return self._container(account, {**kind, "caption": post.content})
        children = [
            self._container(
                account,
                {"is_carousel_item": "true"}
                | ({"media_type": "VIDEO", "video_url": url} if is_video(url) else {"image_url": url}),
            )
            for url in urls
        ]
        form = {"media_type": "CAROUSEL", "children": ",".join(children), "caption": post.content}
        return self._container(account, form)

    def publish(self, account: Account, prepared: Any) -> Published:
        """POST /{user}/media_publish: 200 with the id of the medium."""
        headers = bearer(account.credentials)
        path = self._at(f"{account.external_id}/media_publish")
        made = self.api.json("POST", path, creates=True, data={"creation_id": prepared}, headers=headers)
        if not made.get("id"):
            raise self.api.unreadable(creates=True)
        link = None
        with contextlib.suppress(Refused):  # it is out; only its link is not known then
            path = self._at(str(made["id"]))
            link = self.api.json("GET", path, params={"fields": "permalink"}, headers=headers).get("permalink")
        return Published(str(made["id"]), link)

    def figures(self, account: Account, external_id: str) -> dict[str, float]:
        """https://developers.facebook.com/docs/instagram-platform/reference/instagram-media/insights"""
        found = self.api.json(
            "GET", self._at(f"{external_id}/insights"), params={"metric": ",".join(_FIGURES)},
            headers=bearer(account.credentials),
        )  # fmt: skip
        return {
            _FIGURES[one["name"]]: float(one["values"][0]["value"])
            for one in found.get("data") or []
            if one.get("name") in _FIGURES and one.get("values")
        }

    def _container(self, account: Account, form: dict[str, str]) -> str:
        """A container that is ready: status_code FINISHED (…/reference/ig-container)."""
        headers = bearer(account.credentials)
        made = str(self.api.json("POST", self._at(f"{account.external_id}/media"), data=form, headers=headers)["id"])
        for _ in range(TRIES):
            found = self.api.json("GET", self._at(made), params={"fields": "status_code,status"}, headers=headers)
            if found.get("status_code") == "FINISHED":
                return made
            if found.get("status_code") in ("ERROR", "EXPIRED"):
                said = found.get("status") or found["status_code"]
                raise Refused(
                    f"Instagram could not use the picture or film ({said}). Check its address and its format."
                )
            self.around.pause(EVERY)
        raise Later("Instagram is still working on the picture or film.")

    def _at(self, path: str) -> str:
        return self.url(f"/{VERSION}/{path}")
