"""What Facebook and Instagram share: Meta's Graph API and its errors.
https://developers.facebook.com/docs/graph-api/guides/error-handling"""

import httpx

from tools.publishing.answers import InDoubt, Later, Refused, TokenRefused
from tools.publishing.http import wait_of

#: The version in addresses; each is served for about two years (https://developers.facebook.com/docs/graph-api/changelog).
VERSION = "v24.0"
#: "Error codes" of the page named above; 80001 and the like: https://developers.facebook.com/docs/graph-api/overview/rate-limiting
TOKEN, LIMITS, DUPLICATE, UNSURE = {102, 190, 463, 467}, {4, 17, 32, 341, 613}, 506, {1, 2}


def meta_error(name: str, response: httpx.Response, creates: bool) -> Exception | None:
    """Meta's error object as one of ours; None where there is none."""
    try:
        error = response.json()["error"]
        code = int(error["code"])
    except (ValueError, KeyError, TypeError):
        return None
    said = str(error.get("error_user_msg") or error.get("message") or f"error {code}").strip().rstrip(".")
    if code in TOKEN:
        return TokenRefused(f"{name} does not accept the account's access any more. Connect the account again.")
    if code in LIMITS or 80000 <= code <= 80014:
        return Later(f"{name} takes no more posts at the moment (its limit is reached).", wait_of(response))
    if code in UNSURE or error.get("is_transient"):
        if creates:
            return InDoubt(
                f"{name} answered with an error of its own ({said}), so nobody knows whether the post came out; it is not "
                f"repeated. Please look on {name}."
            )
        return Later(f"{name} is out of order at the moment ({said}).")
    if code == DUPLICATE:
        return Refused(f"{name} refused: the same text was posted there just before. Change it a little.")
    if code == 10 or 200 <= code <= 299:
        return Refused(
            f"{name} does not let the account do that ({said}). Connect it again with the missing permission."
        )
    return Refused(f"{name} refused: {said}.")
