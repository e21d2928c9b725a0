"""LinkedIn. https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api, …/images-api,
…/videos-api, …/multiimage-post-api, …/little-text-format; tokens: …/linkedin/shared/authentication/programmatic-refresh-tokens"""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import regex

from memory.enums import Platform
from memory.publishing import DuePost
from tools.publishing.adapter import Adapter, Who, bearer, numbers
from tools.publishing.answers import Later, Published, Refused
from tools.publishing.credentials import Account, Credentials
from tools.publishing.media import Medium

#: The version of the API (header LinkedIn-Version, YYYYMM); each is served for at least a year, and an account may name
#: a newer one (https://learn.microsoft.com/en-us/linkedin/marketing/versioning).
VERSION = "202601"
#: How often, and every how many seconds, LinkedIn is asked whether it is done with a film.
TRIES, EVERY = 100, 3.0
#: The smallest film, in bytes ("Video File Size Specifications": MP4, 75 KB to 500 MB).
SMALLEST = 75 * 1024
#: Characters that the "little" text format reserves; a # before a word stays, for that is a hashtag.
_RESERVED = regex.compile(r"[|{}@\[\]()<>*_~\\]|#(?!\w)")


class LinkedIn(Adapter):
    """A member (urn:li:person:…) or a page (urn:li:organization:…, with the permission w_organization_social)."""

    platform = Platform.LINKEDIN
    host = "https://api.linkedin.com"
    may = ("refresh_token", "client_id", "client_secret", "version")
    ahead = timedelta(days=3)

    def explained(self, response: httpx.Response, creates: bool) -> Exception | None:
        if response.status_code == 426:
            return Refused(
                "LinkedIn does not serve this version of its API any more. Connect the account again with a newer version "
                "(YYYYMM; LinkedIn lists them under “Marketing API Versioning”)."
            )
        return None

    def who(self, credentials: Credentials, external_id: str) -> Who:
        """A page is taken by its URN; a member is told by https://api.linkedin.com/v2/userinfo (OpenID Connect)."""
        if external_id.startswith("urn:li:organization:"):
            number = external_id.rpartition(":")[2]
            found = self.api.json("GET", self.url(f"/rest/organizations/{number}"), headers=self._headers(credentials))
            return Who(str(found.get("localizedName") or external_id), external_id)
        found = self.api.json("GET", self.url("/v2/userinfo"), headers=bearer(credentials))
        return Who(str(found.get("name") or "LinkedIn member"), f"urn:li:person:{found['sub']}")

    def refresh(self, account: Account, now: datetime) -> Credentials | None:
        """POST /oauth/v2/accessToken, grant_type=refresh_token. Not every app gets refresh tokens."""
        credentials = account.credentials
        if not credentials.refresh_token:
            return None
        host = self.around.hosts.get(self.platform.value, "https://www.linkedin.com")
        form = {
            "grant_type": "refresh_token", "refresh_token": credentials.refresh_token,
            "client_id": credentials.client_id, "client_secret": credentials.client_secret,
        }  # fmt: skip
        found = self.api.json("POST", f"{host}/oauth/v2/accessToken", data=form)
        tokens = {
            "access_token": str(found["access_token"]),
            "refresh_token": str(found.get("refresh_token") or credentials.refresh_token),
        }
        return credentials.renewed(now, found.get("expires_in"), **tokens)

    def prepare(self, account: Account, post: DuePost) -> Any:
        body: dict[str, Any] = {
            "author": account.external_id, "commentary": little(post.content), "visibility": "PUBLIC",
            "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
            "lifecycleState": "PUBLISHED", "isReshareDisabledByAuthor": False,
        }  # fmt: skip
        files = [self.around.media.read(url) for url in post.media_urls]
        if len(files) > 1 and any(one.is_video for one in files):
            raise Refused("LinkedIn takes one film alone in a post, or several pictures.")
        images = [self._film(account, one) if one.is_video else self._image(account, one) for one in files]
        if len(images) == 1:
            body["content"] = {"media": {"id": images[0]}}
        elif images:
            body["content"] = {"multiImage": {"images": [{"id": one, "altText": ""} for one in images]}}
        return body

    def publish(self, account: Account, prepared: Any) -> Published:
        """POST /rest/posts: 201 with the URN in the header x-restli-id."""
        response = self.api.call(
            "POST", self.url("/rest/posts"), creates=True, json=prepared, headers=self._headers(account.credentials)
        )
        urn = response.headers.get("x-restli-id", "")
        if not urn:
            raise self.api.unreadable(creates=True)
        return Published(urn, f"https://www.linkedin.com/feed/update/{urn}/")

    def figures(self, account: Account, external_id: str) -> dict[str, float]:
        """A page's: …/community-management/organizations/share-statistics. A member's own figures are not given to apps
        beyond reactions and comments (…/shares/social-metadata-api)."""
        headers = self._headers(account.credentials)
        if account.external_id.startswith("urn:li:organization:"):
            kind = "ugcPosts" if ":ugcPost:" in external_id else "shares"
            query = (
                f"q=organizationalEntity&organizationalEntity={quote(account.external_id, safe='')}"
                f"&{kind}=List({quote(external_id, safe='')})"
            )
            found = self.api.json(
                "GET", self.url(f"/rest/organizationalEntityShareStatistics?{query}"), headers=headers
            )
            elements = found.get("elements") or []
            names = {
                "likeCount": "likes", "shareCount": "shares", "commentCount": "comments", "clickCount": "clicks",
                "impressionCount": "impressions", "uniqueImpressionsCount": "reach",
            }  # fmt: skip
            return numbers(elements[0].get("totalShareStatistics") or {}, names) if elements else {}
        found = self.api.json("GET", self.url(f"/rest/socialMetadata/{quote(external_id, safe='')}"), headers=headers)
        reactions = (found.get("reactionSummaries") or {}).values()
        comments = numbers(found.get("commentSummary") or {}, {"count": "comments"})
        return {"likes": float(sum(one.get("count", 0) for one in reactions)), **comments}

    def _image(self, account: Account, file: Medium) -> str:
        """POST /rest/images?action=initializeUpload, then PUT the bytes to the address that it gives."""
        body = {"initializeUploadRequest": {"owner": account.external_id}}
        headers = self._headers(account.credentials)
        begun = self.api.json("POST", self.url("/rest/images?action=initializeUpload"), json=body, headers=headers)
        value = begun["value"]
        put = {**bearer(account.credentials), "content-type": file.kind}
        self.api.call("PUT", str(value["uploadUrl"]), content=file.data, headers=put)
        return str(value["image"])

    def _film(self, account: Account, file: Medium) -> str:
        """POST /rest/videos?action=initializeUpload, PUT each part where it says (without the token; each answers with an
        ETag), POST …?action=finalizeUpload with the ETags in order; then it is worked on until it is AVAILABLE."""
        if file.kind != "video/mp4" or len(file.data) < SMALLEST:
            raise Refused(f"LinkedIn takes films as MP4 of at least 75 KB; {file.name} is none.")
        headers = self._headers(account.credentials)
        asked = {
            "owner": account.external_id, "fileSizeBytes": len(file.data), "uploadCaptions": False,
            "uploadThumbnail": False,
        }  # fmt: skip
        path = self.url("/rest/videos?action=initializeUpload")
        value = self.api.json("POST", path, json={"initializeUploadRequest": asked}, headers=headers)["value"]
        parts = []
        for part in value["uploadInstructions"]:
            piece = file.data[int(part["firstByte"]) : int(part["lastByte"]) + 1]
            put = {"content-type": "application/octet-stream"}
            answer = self.api.call("PUT", str(part["uploadUrl"]), content=piece, headers=put)
            parts.append(answer.headers.get("etag", "").strip('"'))
        video = str(value["video"])
        told = {"video": video, "uploadToken": value.get("uploadToken") or "", "uploadedPartIds": parts}
        path = self.url("/rest/videos?action=finalizeUpload")
        self.api.call("POST", path, json={"finalizeUploadRequest": told}, headers=headers)
        self._wait(file, self.url(f"/rest/videos/{quote(video, safe='')}"), headers)
        return video

    def _wait(self, file: Medium, path: str, headers: dict[str, str]) -> None:
        for _ in range(TRIES):
            found = self.api.json("GET", path, headers=headers)
            if found.get("status") == "AVAILABLE":
                return
            if found.get("status") == "PROCESSING_FAILED":
                said = str(found.get("processingFailureReason") or "no reason was given").strip().rstrip(".")
                raise Refused(
                    f"LinkedIn could not use {file.name} ({said}). Check the film: MP4, 3 seconds to 30 minutes."
                )
            self.around.pause(EVERY)
        raise Later(f"LinkedIn is still working on {file.name}.")

    def _headers(self, credentials: Credentials) -> dict[str, str]:
        return {
            **bearer(credentials),
            "linkedin-version": credentials.version or VERSION,
            "x-restli-protocol-version": "2.0.0",
        }


def little(text: str) -> str:
    """A text in LinkedIn's "little" format: what it reserves is escaped, so that it is shown as it was written."""
    return _RESERVED.sub(lambda match: "\\" + match.group(), text)
