"""X. https://docs.x.com/x-api/posts/create-post, https://docs.x.com/x-api/media/upload-media, films in pieces:
https://docs.x.com/x-api/media/initialize-media-upload, …/append-media-upload, …/finalize-media-upload,
…/get-media-upload-status; tokens:
https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code"""

from datetime import datetime
from typing import Any

import httpx

from memory.enums import Platform
from memory.publishing import DuePost
from tools.publishing.adapter import Adapter, Who, bearer, numbers
from tools.publishing.answers import Later, Published, Refused
from tools.publishing.credentials import Account, Credentials
from tools.publishing.http import words_of
from tools.publishing.media import Medium

#: Bytes of one piece of a film; and how often at most, and every how many seconds at least, X is asked whether it is
#: done with one.
PIECE, TRIES, EVERY = 4 * 1024**2, 100, 3.0
#: The largest picture and GIF, in MB (https://docs.x.com/x-api/media/quickstart/best-practices).
LARGEST = {"tweet_image": 5, "tweet_gif": 15}


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
            files = [self.around.media.read(url) for url in post.media_urls]
            if len(files) > 1 and any(_category(one) != "tweet_image" for one in files):
                raise Refused("X takes one film or GIF alone in a post, or up to four pictures.")
            body["media"] = {"media_ids": [self._uploaded(account, one) for one in files]}
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

    def _uploaded(self, account: Account, file: Medium) -> str:
        """The id of a file that X is done with. Pictures in one call (200 with data.id), films and GIFs in pieces."""
        kind = _category(file)
        most = LARGEST.get(kind)
        if most is not None and len(file.data) > most * 1024**2:
            what = "GIFs" if kind == "tweet_gif" else "pictures"
            raise Refused(f"X takes {what} of at most {most} MB; {file.name} has {len(file.data) / 1024**2:.1f} MB.")
        if kind != "tweet_image":
            return self._uploaded_in_pieces(account, file, kind)
        found = self.api.json(
            "POST", self.url("/2/media/upload"), files={"media": (file.name, file.data, file.kind)},
            data={"media_category": kind, "media_type": file.kind}, headers=bearer(account.credentials),
        )  # fmt: skip
        return str(found["data"]["id"])

    def _uploaded_in_pieces(self, account: Account, file: Medium, kind: str) -> str:
        headers = bearer(account.credentials)
        whole = {"media_type": file.kind, "total_bytes": len(file.data), "media_category": kind}
        begun = self.api.json("POST", self.url("/2/media/upload/initialize"), json=whole, headers=headers)
        media_id = str(begun["data"]["id"])
        for number, start in enumerate(range(0, len(file.data), PIECE)):
            piece = (file.name, file.data[start : start + PIECE], "application/octet-stream")
            self.api.call(
                "POST", self.url(f"/2/media/upload/{media_id}/append"), files={"media": piece},
                data={"segment_index": str(number)}, headers=headers,
            )  # fmt: skip
        done = self.api.json("POST", self.url(f"/2/media/upload/{media_id}/finalize"), headers=headers)
        self._wait(file, media_id, done["data"].get("processing_info"), headers)
        return media_id

    def _wait(self, file: Medium, media_id: str, info: dict[str, Any] | None, headers: dict[str, str]) -> None:
        """Until X is done with a film: processing_info.state is pending, in_progress, succeeded or failed."""
        query = {"command": "STATUS", "media_id": media_id}
        for _ in range(TRIES):
            if info is None or info.get("state") == "succeeded":
                return
            if info.get("state") == "failed":
                error = info.get("error") or {}
                said = str(error.get("message") or error.get("name") or "no reason was given").strip().rstrip(".")
                raise Refused(
                    f"X could not use {file.name} ({said}). Check its format: MP4 with H.264 and AAC is taken."
                )
            self.around.pause(min(max(float(info.get("check_after_secs") or 0), EVERY), 60.0))
            found = self.api.json("GET", self.url("/2/media/upload"), params=query, headers=headers)
            info = found["data"].get("processing_info")
        raise Later(f"X is still working on {file.name}.")


def _category(file: Medium) -> str:
    """What X calls a file of this kind (media_category)."""
    return "tweet_video" if file.is_video else "tweet_gif" if file.kind == "image/gif" else "tweet_image"
