"""TikTok. https://developers.tiktok.com/doc/content-posting-api-reference-direct-post, …-photo-post, …-get-video-status;
tokens: https://developers.tiktok.com/doc/oauth-user-access-token-management

TikTok takes a post, fetches its pictures or film, checks them, and tells what came of it when asked.
"""

import contextlib
from datetime import datetime, timedelta
from typing import Any

import httpx

from memory.enums import Platform
from memory.publishing import DuePost
from tools.publishing.adapter import Adapter, Who, bearer, numbers
from tools.publishing.answers import InDoubt, Later, Published, Refused, TokenRefused
from tools.publishing.credentials import Account, Credentials
from tools.publishing.media import is_video

#: How often, and every how many seconds, TikTok is asked what became of a post.
TRIES, EVERY = 60, 4.0
#: TikTok's own id of the attempt stands for the post until the post's is known (after its moderation).
PENDING = "publish:"
#: The longest title of a photo post, in UTF-16 units; the whole text is its description.
TITLE = 90
PUBLIC = "PUBLIC_TO_EVERYONE"
_SENTENCES = {
    "spam_risk_too_many_posts": "TikTok takes no more posts of this account today",
    "spam_risk_user_banned_from_posting": "TikTok has banned this account from posting",
    "url_ownership_unverified": "TikTok fetches media only from a domain that you have verified in its developer portal",
    "privacy_level_option_mismatch": "TikTok does not let this account post publicly",
    "unaudited_client_can_only_post_to_private_accounts": "TikTok lets an app post publicly only after its audit",
    "scope_not_authorized": "the account did not allow posting (scope video.publish); connect it again",
}


class TikTok(Adapter):
    """An account with tokens of Login Kit (scopes user.info.basic, video.publish, video.list). A token lives a day."""

    platform = Platform.TIKTOK
    host = "https://open.tiktokapis.com"
    may = ("refresh_token", "client_id", "client_secret")
    ahead = timedelta(hours=1)

    def explained(self, response: httpx.Response, creates: bool) -> Exception | None:
        """{"error": {"code": …, "message": …}}, with a 4xx."""
        with contextlib.suppress(ValueError, KeyError, TypeError):
            error = response.json()["error"]
            if error["code"] == "internal_error" and creates:
                return _in_doubt()
            return _refusal(str(error["code"]), str(error.get("message") or "")) if error["code"] != "ok" else None
        return None

    def who(self, credentials: Credentials, external_id: str) -> Who:
        """https://developers.tiktok.com/doc/tiktok-api-v2-get-user-info"""
        query = {"fields": "open_id,display_name"}
        found = self.api.json("GET", self.url("/v2/user/info/"), params=query, headers=bearer(credentials))
        user = found["data"]["user"]
        return Who(str(user["display_name"]), str(user["open_id"]))

    def refresh(self, account: Account, now: datetime) -> Credentials | None:
        """POST /v2/oauth/token/, grant_type=refresh_token."""
        credentials = account.credentials
        if not credentials.refresh_token:
            return None
        form = {
            "grant_type": "refresh_token", "refresh_token": credentials.refresh_token,
            "client_key": credentials.client_id, "client_secret": credentials.client_secret,
        }  # fmt: skip
        found = self.api.json("POST", self.url("/v2/oauth/token/"), data=form)
        if not found.get("access_token"):  # this address answers errors with a 200, too
            raise Refused(f"TikTok refused: {found.get('error_description') or found.get('error')}")
        tokens = {
            "access_token": str(found["access_token"]),
            "refresh_token": str(found.get("refresh_token") or credentials.refresh_token),
        }
        return credentials.renewed(now, found.get("expires_in"), **tokens)

    def prepare(self, account: Account, post: DuePost) -> Any:
        """The call that publishes, after the creator's own settings were asked for (creator_info/query)."""
        if not post.media_urls:
            raise Refused("TikTok takes no post without a picture or film. Add one and give the post a new time.")
        films = [url for url in post.media_urls if is_video(url)]
        if films and len(post.media_urls) > 1:
            raise Refused("TikTok takes one film alone in a post, or several pictures.")
        creator = self._ask(account, "/v2/post/publish/creator_info/query/", {})
        if PUBLIC not in (creator.get("privacy_level_options") or []):
            raise Refused(f"{_SENTENCES['privacy_level_option_mismatch']}. Make it a public account, or post by hand.")
        name = str(creator.get("creator_username") or "")
        if films:
            body: dict[str, Any] = {
                "post_info": {"title": post.content, "privacy_level": PUBLIC},
                "source_info": {"source": "PULL_FROM_URL", "video_url": films[0]},
            }
            return "/v2/post/publish/video/init/", body, f"https://www.tiktok.com/@{name}/video/"
        body = {
            "media_type": "PHOTO", "post_mode": "DIRECT_POST",
            "post_info": {"title": _title(post.content), "description": post.content, "privacy_level": PUBLIC},
            "source_info": {"source": "PULL_FROM_URL", "photo_images": list(post.media_urls), "photo_cover_index": 0},
        }  # fmt: skip
        return "/v2/post/publish/content/init/", body, f"https://www.tiktok.com/@{name}/photo/"

    def publish(self, account: Account, prepared: Any) -> Published:
        """200 with data.publish_id; then status/fetch until PUBLISH_COMPLETE or FAILED."""
        path, body, link = prepared
        publish_id = self._ask(account, path, body, creates=True).get("publish_id")
        if not publish_id:
            raise self.api.unreadable(creates=True)
        for _ in range(TRIES):
            try:
                found = self._status(account, str(publish_id))
            except Later:
                found = {}  # asking again does no harm
            except Refused as error:
                raise InDoubt(
                    f"TikTok took the post and does not say what came of it; it is not repeated. {error.sentence} Please "
                    "look on TikTok."
                ) from error
            if found.get("status") == "FAILED":
                raise _refusal(str(found.get("fail_reason") or "unknown"), "")
            if found.get("status") == "PUBLISH_COMPLETE":
                ids = found.get("publicaly_available_post_id") or []  # so it is spelled
                return Published(str(ids[0]), link + str(ids[0])) if ids else Published(f"{PENDING}{publish_id}")
            self.around.pause(EVERY)
        raise InDoubt("TikTok took the post and still works on it; it is not repeated. Please look on TikTok.")

    def figures(self, account: Account, external_id: str) -> dict[str, float]:
        """https://developers.tiktok.com/doc/tiktok-api-v2-video-query"""
        if external_id.startswith(PENDING):
            ids = self._status(account, external_id.removeprefix(PENDING)).get("publicaly_available_post_id") or []
            if not ids:
                return {}
            external_id = str(ids[0])
        path = "/v2/video/query/?fields=id,like_count,comment_count,share_count,view_count"
        videos = self._ask(account, path, {"filters": {"video_ids": [external_id]}}).get("videos") or []
        names = {
            "like_count": "likes", "comment_count": "comments", "share_count": "shares", "view_count": "impressions",
        }  # fmt: skip
        return numbers(videos[0], names) if videos else {}

    def _status(self, account: Account, publish_id: str) -> dict[str, Any]:
        return self._ask(account, "/v2/post/publish/status/fetch/", {"publish_id": publish_id})

    def _ask(self, account: Account, path: str, body: dict[str, Any], *, creates: bool = False) -> dict[str, Any]:
        """The `data` of an answer, whose `error.code` must be "ok"."""
        headers = bearer(account.credentials)
        found = self.api.json("POST", self.url(path), creates=creates, json=body, headers=headers)
        error = found.get("error") or {}
        if error.get("code") == "internal_error" and creates:
            raise _in_doubt()
        if error.get("code", "ok") != "ok":
            raise _refusal(str(error["code"]), str(error.get("message") or ""))
        return found.get("data") or {}


def _in_doubt() -> InDoubt:
    return InDoubt(
        "TikTok answered with an error of its own, so nobody knows whether the post came out; it is not repeated. Please "
        "look on TikTok."
    )


def _refusal(code: str, message: str) -> Refused:
    if code in ("access_token_invalid", "access_token_expired"):
        return TokenRefused("TikTok does not accept the account's access any more. Connect the account again.")
    if code == "rate_limit_exceeded":
        return Later("TikTok takes no more posts at the moment (its limit is reached).")
    if code == "internal_error":
        return Later("TikTok is out of order at the moment.")
    told = _SENTENCES.get(code) or message.strip().rstrip(".") or code.replace("_", " ")
    return Refused(f"TikTok refused: {told}.")


def _title(text: str) -> str:
    """The first line, cut to what a title may hold."""
    line = text.strip().splitlines()[0] if text.strip() else ""
    while len(line.encode("utf-16-le")) // 2 > TITLE:
        line = line[:-1]
    return line
