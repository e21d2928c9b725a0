"""Facebook Pages. https://developers.facebook.com/docs/pages-api/posts,
https://developers.facebook.com/docs/graph-api/reference/page/photos/, …/page/videos/"""

import json
from typing import Any

import httpx

from memory.enums import Platform
from memory.publishing import DuePost
from tools.posting.limits import links_of
from tools.publishing.adapter import Adapter, Who, bearer, numbers
from tools.publishing.answers import Published, Refused
from tools.publishing.credentials import Account, Credentials
from tools.publishing.media import is_video
from tools.publishing.platforms.meta import VERSION, meta_error


class Facebook(Adapter):
    """A page, with a page access token (which does not end). Facebook fetches pictures and films from their addresses."""

    platform = Platform.FACEBOOK
    host = "https://graph.facebook.com"
    needs_id = "the page's number (its Page ID)"

    def explained(self, response: httpx.Response, creates: bool) -> Exception | None:
        return meta_error("Facebook", response, creates)

    def who(self, credentials: Credentials, external_id: str) -> Who:
        found = self.api.json("GET", self._at(external_id), params={"fields": "id,name"}, headers=bearer(credentials))
        return Who(str(found.get("name") or external_id), str(found.get("id") or external_id))

    def prepare(self, account: Account, post: DuePost) -> Any:
        """The call that publishes: its path, its form, and under which name the answer tells the post."""
        page, urls = account.external_id, post.media_urls
        films = [url for url in urls if is_video(url)]
        if films and len(urls) > 1:
            raise Refused("Facebook takes one film alone in a post, or several pictures.")
        if films:
            return f"{page}/videos", {"file_url": films[0], "description": post.content}
        if len(urls) == 1:
            return f"{page}/photos", {"url": urls[0], "message": post.content, "published": "true"}
        form = {"message": post.content}
        for number, url in enumerate(urls):
            form[f"attached_media[{number}]"] = json.dumps({"media_fbid": self._hidden_photo(account, url)})
        links = links_of(post.content)
        if links and not urls:
            form["link"] = links[0]  # Facebook shows the page behind it
        return f"{page}/feed", form

    def publish(self, account: Account, prepared: Any) -> Published:
        """200 with the id of the post; of a photo its own id, and the post's as post_id."""
        path, form = prepared
        made = self.api.json("POST", self._at(path), creates=True, data=form, headers=bearer(account.credentials))
        found = str(made.get("post_id") or made.get("id") or "")
        if not found:
            raise self.api.unreadable(creates=True)
        return Published(found, f"https://www.facebook.com/{found}")

    def figures(self, account: Account, external_id: str) -> dict[str, float]:
        """https://developers.facebook.com/docs/graph-api/reference/post/: reactions, comments, shares."""
        fields = "reactions.summary(total_count).limit(0),comments.summary(total_count).limit(0),shares"
        found = self.api.json(
            "GET", self._at(external_id), params={"fields": fields}, headers=bearer(account.credentials)
        )
        reactions = numbers((found.get("reactions") or {}).get("summary") or {}, {"total_count": "likes"})
        comments = numbers((found.get("comments") or {}).get("summary") or {}, {"total_count": "comments"})
        shares = numbers(found.get("shares") or {"count": 0}, {"count": "shares"})  # left out while there is none
        return {**reactions, **comments, **shares}

    def _hidden_photo(self, account: Account, url: str) -> str:
        """A picture that nobody sees until a post has it ("Publish a multi-photo post")."""
        form = {"url": url, "published": "false", "temporary": "true"}
        path = self._at(f"{account.external_id}/photos")
        return str(self.api.json("POST", path, data=form, headers=bearer(account.credentials))["id"])

    def _at(self, path: str) -> str:
        return self.url(f"/{VERSION}/{path}")
