"""Bluesky. https://docs.bsky.app/docs/advanced-guides/posts, lexicons com.atproto.server.*, com.atproto.repo.*; films:
tools.publishing.platforms.bluesky_films.

The text's links, hashtags and mentions become facets: ranges of UTF-8 bytes
(https://docs.bsky.app/docs/advanced-guides/post-richtext).
"""

import base64
import contextlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import regex

from memory.enums import Platform
from memory.publishing import DuePost
from tools.posting.limits import URL
from tools.publishing.adapter import Adapter, Who, bearer, numbers
from tools.publishing.answers import Later, Published, Refused, TokenRefused
from tools.publishing.credentials import Account, Credentials
from tools.publishing.media import Medium
from tools.publishing.platforms.bluesky_films import Films, known_film

#: lexicon app.bsky.embed.images: the largest picture, in bytes.
LARGEST = 1_000_000
_TAG = regex.compile(r"(?<![\w&/#])[#＃](\w*[^\W\d_]\w*)")
_MENTION = regex.compile(r"(?<![\w/])@((?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?\.)+[a-zA-Z][a-zA-Z0-9-]*)")


class Bluesky(Adapter):
    """An account with an app password. Sessions are short, so each is renewed from the one before, or begun anew."""

    platform = Platform.BLUESKY
    host = "https://bsky.social"
    stays_open = True
    needs = ("password",)
    may = ("server",)
    needs_id = "the account's handle, such as bloom.bsky.social"

    def explained(self, response: httpx.Response, creates: bool) -> Exception | None:
        """https://docs.bsky.app/docs/api/com-atproto-repo-create-record: 400 with error ExpiredToken or InvalidToken."""
        with contextlib.suppress(ValueError):
            found = response.json()
            if response.status_code == 409 and (known := known_film(found)) is not None:
                return known
            error = found.get("error") if isinstance(found, dict) else None
            if error in ("ExpiredToken", "InvalidToken", "AuthMissing"):
                return TokenRefused("Bluesky does not accept the account's access any more. Connect the account again.")
            if error == "AuthenticationRequired":
                return TokenRefused(
                    "Bluesky does not know this handle with this app password. Connect the account again."
                )
        return None

    def who(self, credentials: Credentials, external_id: str) -> Who:
        session = self._session(credentials, external_id.removeprefix("@"))
        return Who(f"@{session['handle']}", str(session["did"]))

    def refresh(self, account: Account, now: datetime) -> Credentials | None:
        """https://docs.bsky.app/docs/api/com-atproto-server-refresh-session, else a new session with the app password."""
        credentials, found = account.credentials, None
        if credentials.refresh_token:
            headers = {"authorization": f"Bearer {credentials.refresh_token}"}
            with contextlib.suppress(TokenRefused):
                found = self.api.json(
                    "POST", self._xrpc("com.atproto.server.refreshSession", credentials), headers=headers
                )
        if found is None:
            found = self._session(credentials, account.external_id)
        tokens = {"access_token": str(found["accessJwt"]), "refresh_token": str(found["refreshJwt"])}
        return credentials.renewed(now, _lifetime(tokens["access_token"], now), **tokens)

    def prepare(self, account: Account, post: DuePost) -> Any:
        record: dict[str, Any] = {
            "$type": "app.bsky.feed.post", "text": post.content,
            "createdAt": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }  # fmt: skip
        facets = self._facets(account, post.content)
        if facets:
            record["facets"] = facets
        if post.media_urls:
            record["embed"] = self._embed(account, [self.around.media.read(url) for url in post.media_urls])
        return record

    def publish(self, account: Account, prepared: Any) -> Published:
        """https://docs.bsky.app/docs/api/com-atproto-repo-create-record: 200 with uri and cid."""
        body = {"repo": account.external_id, "collection": "app.bsky.feed.post", "record": prepared}
        made = self.api.json(
            "POST", self._xrpc("com.atproto.repo.createRecord", account.credentials), creates=True, json=body,
            headers=bearer(account.credentials),
        )  # fmt: skip
        uri = str(made.get("uri") or "")
        if not uri:
            raise self.api.unreadable(creates=True)
        key = uri.rpartition("/")[2]
        return Published(uri, f"https://bsky.app/profile/{account.handle.removeprefix('@')}/post/{key}")

    def figures(self, account: Account, external_id: str) -> dict[str, float]:
        """https://docs.bsky.app/docs/api/app-bsky-feed-get-posts; quotes count as shares; views are not counted."""
        found = self.api.json(
            "GET", self._xrpc("app.bsky.feed.getPosts", account.credentials), params={"uris": external_id},
            headers=bearer(account.credentials),
        )  # fmt: skip
        if not found.get("posts"):
            return {}
        post = found["posts"][0]
        counted = numbers(post, {"likeCount": "likes", "repostCount": "shares", "replyCount": "comments"})
        if "shares" in counted:
            counted["shares"] += float(post.get("quoteCount") or 0)
        return counted

    def _session(self, credentials: Credentials, identifier: str) -> dict[str, Any]:
        """https://docs.bsky.app/docs/api/com-atproto-server-create-session"""
        body = {"identifier": identifier, "password": credentials.password}
        return self.api.json("POST", self._xrpc("com.atproto.server.createSession", credentials), json=body)

    def _embed(self, account: Account, files: list[Medium]) -> dict[str, Any]:
        if not any(one.is_video for one in files):
            images = [{"alt": "", "image": self._blob(account, one)} for one in files]
            return {"$type": "app.bsky.embed.images", "images": images}
        if len(files) > 1:
            raise Refused("Bluesky takes one film alone in a post, or up to four pictures.")
        credentials = account.credentials
        films = Films(self.around, self.api, self._xrpc("com.atproto.server.getServiceAuth", credentials))
        house = str(_claims(credentials.access_token).get("aud") or "")
        if not house.startswith("did:"):
            house = f"did:web:{httpx.URL(self.url('', credentials)).host}"
        return {"$type": "app.bsky.embed.video", "video": films.uploaded(account, house, files[0])}

    def _blob(self, account: Account, file: Medium) -> Any:
        """https://docs.bsky.app/docs/api/com-atproto-repo-upload-blob"""
        if len(file.data) > LARGEST:
            raise Refused(f"Bluesky takes pictures of at most 1 MB; {file.name} has {len(file.data) / 1e6:.1f} MB.")
        headers = {**bearer(account.credentials), "content-type": file.kind}
        found = self.api.json(
            "POST", self._xrpc("com.atproto.repo.uploadBlob", account.credentials), content=file.data, headers=headers
        )
        return found["blob"]

    def _facets(self, account: Account, text: str) -> list[dict[str, Any]]:
        """Links, hashtags and the mentions of handles that exist (com.atproto.identity.resolveHandle)."""
        found = [_facet(text, m.start(), m.end(), "link", uri=m.group()) for m in URL.finditer(text)]
        found += [_facet(text, m.start(), m.end(), "tag", tag=m.group(1)) for m in _TAG.finditer(text)]
        for match in _MENTION.finditer(text):
            did = self._did(account, match.group(1))
            if did:
                found.append(_facet(text, match.start(), match.end(), "mention", did=did))
        return sorted(found, key=lambda one: one["index"]["byteStart"])

    def _did(self, account: Account, handle: str) -> str | None:
        try:
            found = self.api.json(
                "GET", self._xrpc("com.atproto.identity.resolveHandle", account.credentials), params={"handle": handle}
            )
        except Later:
            raise
        except Refused:
            return None  # nobody's handle: it stays plain text
        return str(found["did"])

    def _xrpc(self, method: str, credentials: Credentials) -> str:
        return self.url(f"/xrpc/{method}", credentials)


def _facet(text: str, start: int, end: int, kind: str, **values: str) -> dict[str, Any]:
    first = len(text[:start].encode())
    return {
        "index": {"byteStart": first, "byteEnd": first + len(text[start:end].encode())},
        "features": [{"$type": f"app.bsky.richtext.facet#{kind}", **values}],
    }


def _lifetime(token: str, now: datetime) -> float:
    """Seconds until a JWT ends (RFC 7519, 4.1.4); an hour where it does not say."""
    with contextlib.suppress(ValueError, KeyError, TypeError):
        return max(float(_claims(token)["exp"]) - now.timestamp(), 0.0)
    return timedelta(hours=1).total_seconds()


def _claims(token: str) -> dict[str, Any]:
    """What a JWT says (its signature is the server's own business); {} where it cannot be read."""
    with contextlib.suppress(ValueError, IndexError):
        part = token.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        return found if isinstance(found, dict) else {}
    return {}
