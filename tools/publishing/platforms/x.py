"""X. https://docs.x.com/x-api/posts/create-post, https://docs.x.com/x-api/media/upload-media,
https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code"""

from datetime import datetime
from typing import Any

import httpx

from memory.enums import Platform
from memory.publishing import DuePost
from tools.publishing.adapter import Adapter, Who, bearer, numbers
from tools.publishing.answers import Published, Refused
from tools.publishing.credentials import Account, Credentials
from tools.publishing.http import words_of


class X(Adapter):
    """An account with tokens of OAuth 2.0 (scopes tweet.write, tweet.read, users.read, media.write, offline.access). A
    token lives two hours; each renewal gives a new refresh token, and the one before is worth nothing then."""

    platform = Platform.TWITTER
    host = "https://api.x.com"
    may = ("refresh_token", "client_id", "client_secret")

    def explained(self, response: httpx.Response, creates: bool) -> Exception | None:
        """Problem details (RFC 7807) with a text in `detail`."""
        if response.status_code == 403 and "duplicate" in words_of(response).lower():
            return Refused("X refused: the same text was posted there already. Change it a little.")
        if response.status_code == 402:
            return Refused("X refused: the credits of your X developer account are used up. Buy more there.")
        return None

    def who(self, credentials: Credentials, external_id: str) -> Who:
        """https://docs.x.com/x-api/users/get-my-user"""
        found = self.api.json("GET", self.url("/2/users/me"), headers=bearer(credentials))["data"]
        return Who(f"@{found['username']}", str(found["id"]))

    def refresh(self, account: Account, now: datetime) -> Credentials | None:
        """POST /2/oauth2/token, grant_type=refresh_token; confidential clients with basic authentication."""
        credentials = account.credentials
        if not credentials.refresh_token:
            return None
        form = {"grant_type": "refresh_token", "refresh_token": credentials.refresh_token}
        form["client_id"] = credentials.client_id
        secret = credentials.client_secret
        auth = httpx.BasicAuth(credentials.client_id, secret) if secret else None
        found = self.api.json("POST", self.url("/2/oauth2/token"), data=form, auth=auth)
        tokens = {
            "access_token": str(found["access_token"]),
            "refresh_token": str(found.get("refresh_token") or credentials.refresh_token),
        }
        return credentials.renewed(now, found.get("expires_in"), **tokens)

    def prepare(self, account: Account, post: DuePost) -> Any:
        body: dict[str, Any] = {"text": post.content}
        if post.media_urls:
            body["media"] = {"media_ids": [self._uploaded(account, url) for url in post.media_urls]}
        return body

    def publish(self, account: Account, prepared: Any) -> Published:
        """POST /2/tweets: 201 with data.id."""
        made = self.api.json(
            "POST", self.url("/2/tweets"), creates=True, json=prepared, headers=bearer(account.credentials)
        )
        found = (made.get("data") or {}).get("id")
        if not found:
            raise self.api.unreadable(creates=True)
        return Published(str(found), f"https://x.com/{account.handle.removeprefix('@')}/status/{found}")

    def figures(self, account: Account, external_id: str) -> dict[str, float]:
        """https://docs.x.com/x-api/posts/get-post-by-id, tweet.fields=public_metrics; quotes count as shares."""
        found = self.api.json(
            "GET", self.url(f"/2/tweets/{external_id}"), params={"tweet.fields": "public_metrics"},
            headers=bearer(account.credentials),
        )  # fmt: skip
        counted = (found.get("data") or {}).get("public_metrics") or {}
        names = {
            "like_count": "likes", "retweet_count": "shares", "reply_count": "comments", "impression_count": "impressions",
            "bookmark_count": "saves",
        }  # fmt: skip
        figures = numbers(counted, names)
        if "shares" in figures:
            figures["shares"] += float(counted.get("quote_count") or 0)
        return figures

    def _uploaded(self, account: Account, url: str) -> str:
        """POST /2/media/upload with media_category tweet_image: 200 with data.id."""
        file = self.around.media.read(url)
        if file.is_video or file.kind == "image/gif":
            raise Refused("Films cannot be published on X from here yet. Take the film out, or post it by hand.")
        found = self.api.json(
            "POST", self.url("/2/media/upload"), files={"media": (file.name, file.data, file.kind)},
            data={"media_category": "tweet_image", "media_type": file.kind}, headers=bearer(account.credentials),
        )  # fmt: skip
        return str(found["data"]["id"])
