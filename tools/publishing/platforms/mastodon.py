"""Mastodon. https://docs.joinmastodon.org/methods/statuses/, https://docs.joinmastodon.org/methods/media/"""

from typing import Any

from memory.enums import Platform
from memory.publishing import DuePost
from tools.publishing.adapter import Adapter, Who, bearer, numbers
from tools.publishing.answers import Later, Published
from tools.publishing.credentials import Account, Credentials

#: How often, and every how many seconds, a file that the server still works on is asked for.
TRIES, EVERY = 60, 2.0


class Mastodon(Adapter):
    """An account on any instance. Its tokens do not end (https://docs.joinmastodon.org/methods/oauth/)."""

    platform = Platform.MASTODON
    needs = ("server", "access_token")

    def who(self, credentials: Credentials, external_id: str) -> Who:
        """https://docs.joinmastodon.org/methods/accounts/#verify_credentials"""
        found = self.api.json(
            "GET", self.url("/api/v1/accounts/verify_credentials", credentials), headers=bearer(credentials)
        )
        host = credentials.server.partition("://")[2].strip("/")
        return Who(f"@{found.get('acct', '?')}@{host}", str(found.get("id", "")))

    def prepare(self, account: Account, post: DuePost) -> Any:
        media = [self._uploaded(account, url) for url in post.media_urls]
        # The server knows the key again for an hour, and then gives the status that it made already: a second guard,
        # beside that the hub never asks twice.
        return {
            "status": post.content,
            "media_ids": media,
        }, f"marketing-hub-post-{post.id}-{post.scheduled_time.timestamp():.0f}"

    def publish(self, account: Account, prepared: Any) -> Published:
        """https://docs.joinmastodon.org/methods/statuses/#create: 200 with the Status; 401, 403, 422 refuse."""
        body, key = prepared
        headers = {**bearer(account.credentials), "idempotency-key": key}
        made = self.api.json(
            "POST", self.url("/api/v1/statuses", account.credentials), creates=True, json=body, headers=headers
        )
        if not made.get("id"):
            raise self.api.unreadable(creates=True)
        return Published(str(made["id"]), made.get("url") or made.get("uri"))

    def figures(self, account: Account, external_id: str) -> dict[str, float]:
        """https://docs.joinmastodon.org/methods/statuses/#get; views are not counted."""
        found = self.api.json(
            "GET", self.url(f"/api/v1/statuses/{external_id}", account.credentials), headers=bearer(account.credentials)
        )
        return numbers(found, {"favourites_count": "likes", "reblogs_count": "shares", "replies_count": "comments"})

    def _uploaded(self, account: Account, url: str) -> str:
        """https://docs.joinmastodon.org/methods/media/#v2: 200 at once, or 202 while it is worked on; then 206 until 200."""
        file, headers = self.around.media.read(url), bearer(account.credentials)
        response = self.api.call(
            "POST", self.url("/api/v2/media", account.credentials),
            files={"file": (file.name, file.data, file.kind)}, headers=headers,
        )  # fmt: skip
        made = response.json()
        for _ in range(TRIES):
            if response.status_code == 200 and made.get("url"):
                return str(made["id"])
            self.around.pause(EVERY)
            response = self.api.call(
                "GET", self.url(f"/api/v1/media/{made['id']}", account.credentials), headers=headers
            )
            made = response.json()
        raise Later(f"Mastodon is still working on {url}.")
