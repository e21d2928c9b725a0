"""How each platform lets a person allow the hub to post for an account: OAuth 2.0, the authorization code grant (RFC 6749,
4.1), with PKCE (RFC 7636) where the platform has it. What is special to a platform stands in its own class.

Addresses and requests are built by authlib; they are sent like all other calls of the platform (tools.publishing.http).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from memory.enums import Platform
from tools.core.errors import BadInput
from tools.posting.limits import platform_name
from tools.publishing.answers import Refused
from tools.publishing.http import Api
from tools.publishing.platforms.meta import VERSION


@dataclass(frozen=True)
class Asking:
    """A connection under way. `redirect` is where the platform sends the person back to, `verifier` PKCE's secret,
    `server` Mastodon's instance, `external_id` which page it is for (Facebook's number, LinkedIn's URN; "" for none)."""

    platform: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    redirect: str = ""
    verifier: str = field(default="", repr=False)
    server: str = ""
    external_id: str = ""

    @property
    def on_this_machine(self) -> bool:
        return urlsplit(self.redirect).hostname in ("127.0.0.1", "localhost")


@dataclass(frozen=True)
class Granted:
    """What came of it: fields of Credentials, and the account's own id where it is chosen by it."""

    given: Mapping[str, str]
    external_id: str = ""
    lives: float | None = None


class Grant:
    """A platform's grant. `needs_https`: it sends people back only to an https address; `own_app`: whether the person
    has to make an app on the platform's page for developers, and give its id (and secret)."""

    platform: ClassVar[Platform]
    authorize: ClassVar[str] = ""
    token: ClassVar[str] = ""
    scopes: ClassVar[Sequence[str]] = ()
    between: ClassVar[str] = " "
    needs_https: ClassVar[bool] = False
    needs_secret: ClassVar[bool] = True
    own_app: ClassVar[bool] = True
    needs_server: ClassVar[bool] = False

    def __init__(self, api: Api, host: str | None) -> None:
        self._api = api
        self._host = host  # puts one address in the place of the platform's (for tests)

    def begun(self, asking: Asking) -> Asking:
        """The connection, once the hub is known to the platform."""
        return asking

    def page(self, asking: Asking, state: str) -> str:
        """The address at which the person allows it."""
        scopes = self.between.join(self.scopes_for(asking))
        address = self.at(self.authorize, asking)
        more = self.challenge(asking)
        made: str = prepare_grant_uri(
            address, asking.client_id, "code", redirect_uri=asking.redirect, scope=scopes, state=state, **more
        )
        return made

    def scopes_for(self, asking: Asking) -> Sequence[str]:
        return self.scopes

    def challenge(self, asking: Asking) -> dict[str, str]:
        """PKCE's parameters; {} where the platform has none."""
        return {}

    def granted(self, asking: Asking, code: str) -> Granted:
        """The tokens for a code. Raises Refused, Later, BadInput."""
        return self.tokens(asking, self.asked(asking, code))

    def asked(self, asking: Asking, code: str) -> dict[str, Any]:
        """The answer of the token's address."""
        return self._api.json("POST", self.at(self.token, asking), data=self.form(asking, code))

    def form(self, asking: Asking, code: str, **more: str) -> dict[str, str]:
        if self.challenge(asking):
            more["code_verifier"] = asking.verifier
        body = prepare_token_request("authorization_code", "", asking.redirect, code=code, **more)
        own = {"client_id": asking.client_id, "client_secret": asking.client_secret}
        return dict(parse_qsl(body)) | {name: value for name, value in own.items() if value}

    def tokens(self, asking: Asking, found: Mapping[str, Any]) -> Granted:
        """The usual answer: access_token, refresh_token, expires_in (RFC 6749, 5.1)."""
        if not found.get("access_token"):
            said = found.get("error_description") or found.get("error") or "it gave no token"
            raise Refused(f"{platform_name(self.platform)} refused: {said}.")
        given = {"access_token": str(found["access_token"]), "client_id": asking.client_id}
        given |= {"refresh_token": str(found["refresh_token"])} if found.get("refresh_token") else {}
        given |= {"client_secret": asking.client_secret} if asking.client_secret else {}
        lives = found.get("expires_in")
        return Granted(given, asking.external_id, float(lives) if lives else None)

    def at(self, address: str, asking: Asking) -> str:
        base = self._host or asking.server
        return base.rstrip("/") + urlsplit(address).path if base else address


class XGrant(Grant):
    """https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code"""

    platform = Platform.TWITTER
    authorize, token = "https://x.com/i/oauth2/authorize", "https://api.x.com/2/oauth2/token"
    scopes = ("tweet.read", "tweet.write", "users.read", "media.write", "offline.access")
    needs_secret = False

    def challenge(self, asking: Asking) -> dict[str, str]:
        return _s256(asking)

    def asked(self, asking: Asking, code: str) -> dict[str, Any]:
        """Confidential clients with basic authentication."""
        secret = asking.client_secret
        auth = httpx.BasicAuth(asking.client_id, secret) if secret else None
        form = self.form(replace(asking, client_secret=""), code)
        return self._api.json("POST", self.at(self.token, asking), data=form, auth=auth)


class LinkedInGrant(Grant):
    """https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow"""

    platform = Platform.LINKEDIN
    authorize = "https://www.linkedin.com/oauth/v2/authorization"
    token = "https://www.linkedin.com/oauth/v2/accessToken"
    scopes = ("openid", "profile", "w_member_social")
    page_scopes = ("rw_organization_admin", "r_organization_social", "w_organization_social")

    def scopes_for(self, asking: Asking) -> Sequence[str]:
        return self.page_scopes if asking.external_id.startswith("urn:li:organization:") else self.scopes


class TikTokGrant(Grant):
    """https://developers.tiktok.com/doc/login-kit-web, …/login-kit-desktop (PKCE with the challenge in hexadecimal)"""

    platform = Platform.TIKTOK
    authorize, token = "https://www.tiktok.com/v2/auth/authorize/", "https://open.tiktokapis.com/v2/oauth/token/"
    scopes, between = ("user.info.basic", "video.publish", "video.list"), ","

    def page(self, asking: Asking, state: str) -> str:
        return super().page(asking, state).replace("client_id=", "client_key=", 1)

    def challenge(self, asking: Asking) -> dict[str, str]:
        if not asking.on_this_machine:
            return {}
        digest = hashlib.sha256(asking.verifier.encode()).hexdigest()
        return {"code_challenge": digest, "code_challenge_method": "S256"}

    def form(self, asking: Asking, code: str, **more: str) -> dict[str, str]:
        form = super().form(asking, code, **more)
        return {"client_key" if name == "client_id" else name: value for name, value in form.items()}


class MastodonGrant(Grant):
    """https://docs.joinmastodon.org/methods/oauth/, …/methods/apps/: the hub makes its app on the instance by itself."""

    platform = Platform.MASTODON
    authorize, token, apps = "/oauth/authorize", "/oauth/token", "/api/v1/apps"
    scopes = ("read:accounts", "read:statuses", "write:statuses", "write:media")
    needs_secret = own_app = False
    needs_server = True

    def begun(self, asking: Asking) -> Asking:
        form = {
            "client_name": "Marketing Hub", "redirect_uris": asking.redirect, "scopes": self.between.join(self.scopes),
        }  # fmt: skip
        found = self._api.json("POST", self.at(self.apps, asking), data=form)
        return replace(asking, client_id=str(found["client_id"]), client_secret=str(found["client_secret"]))

    def challenge(self, asking: Asking) -> dict[str, str]:
        return _s256(asking)  # instances before 4.3 ignore it

    def tokens(self, asking: Asking, found: Mapping[str, Any]) -> Granted:
        made = super().tokens(asking, found)
        return replace(made, given={"access_token": made.given["access_token"], "server": asking.server}, lives=None)


class InstagramGrant(Grant):
    """https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login: a token of
    an hour, then one of 60 days."""

    platform = Platform.INSTAGRAM
    authorize, token = "https://www.instagram.com/oauth/authorize", "https://api.instagram.com/oauth/access_token"
    long = "https://graph.instagram.com/access_token"
    scopes, between = (
        ("instagram_business_basic", "instagram_business_content_publish", "instagram_business_manage_insights"), ",",
    )  # fmt: skip
    needs_https = True

    def tokens(self, asking: Asking, found: Mapping[str, Any]) -> Granted:
        listed = found.get("data")
        short = listed[0] if isinstance(listed, list) and listed else found
        if not short.get("access_token"):
            return super().tokens(asking, short)
        query = {
            "grant_type": "ig_exchange_token", "client_secret": asking.client_secret,
            "access_token": str(short["access_token"]),
        }  # fmt: skip
        found = self._api.json("GET", self.at(self.long, asking), params=query)
        made = super().tokens(asking, found)
        return replace(made, given={"access_token": made.given["access_token"]})


class FacebookGrant(Grant):
    """https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow, …/guides/access-tokens/get-long-lived:
    a person's token, a long-lived one for it, and with that the page's own, which does not end."""

    platform = Platform.FACEBOOK
    authorize = f"https://www.facebook.com/{VERSION}/dialog/oauth"
    token = f"https://graph.facebook.com/{VERSION}/oauth/access_token"
    pages = f"https://graph.facebook.com/{VERSION}/me/accounts"
    scopes, between = (
        ("pages_show_list", "pages_read_engagement", "pages_read_user_content", "pages_manage_posts"), ",",
    )  # fmt: skip

    def tokens(self, asking: Asking, found: Mapping[str, Any]) -> Granted:
        person = super().tokens(asking, found).given["access_token"]
        query = {
            "grant_type": "fb_exchange_token", "client_id": asking.client_id, "client_secret": asking.client_secret,
            "fb_exchange_token": person,
        }  # fmt: skip
        long = super().tokens(asking, self._api.json("GET", self.at(self.token, asking), params=query))
        headers = {"authorization": f"Bearer {long.given['access_token']}"}
        query = {"fields": "id,name,access_token", "limit": "100"}
        listed = self._api.json("GET", self.at(self.pages, asking), params=query, headers=headers).get("data") or []
        page = _chosen(listed, asking.external_id)
        return Granted({"access_token": str(page["access_token"])}, str(page["id"]))


GRANTS: dict[Platform, type[Grant]] = {
    kind.platform: kind for kind in (XGrant, LinkedInGrant, TikTokGrant, MastodonGrant, InstagramGrant, FacebookGrant)
}


def _s256(asking: Asking) -> dict[str, str]:
    challenge: str = create_s256_code_challenge(asking.verifier)  # type: ignore[no-untyped-call]
    return {"code_challenge": challenge, "code_challenge_method": "S256"}


def _chosen(pages: Sequence[Mapping[str, Any]], wanted: str) -> Mapping[str, Any]:
    """The page of this number, or the only one."""
    fitting = [page for page in pages if not wanted or str(page.get("id")) == wanted]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(f"{page.get('name')} ({page.get('id')})" for page in pages[:10])
    if not pages:
        raise BadInput("You allowed the hub no Facebook page. Begin again, and choose the page in the dialog.", "id")
    if fitting:
        raise BadInput(f"Which of your pages? Begin again with its number: {names}.", "id")
    raise BadInput(f"You manage no page with the number {wanted}. These can be connected: {names}.", "id")
