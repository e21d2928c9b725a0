"""Pictures and films of a post: fetched from their addresses, to be handed to a platform that takes files."""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from tools.publishing.answers import Later, Refused

#: The largest file that is fetched. X takes films up to 512 MB, but a file is held in memory here.
LARGEST = 100 * 1024 * 1024
_KINDS = {
    "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp",
    "mp4": "video/mp4", "mov": "video/quicktime", "webm": "video/webm",
}  # fmt: skip


@dataclass(frozen=True)
class Medium:
    """A fetched file. `kind` is its media type."""

    name: str
    kind: str
    data: bytes

    @property
    def is_video(self) -> bool:
        return self.kind.startswith("video/")


def is_video(url: str) -> bool:
    """Whether an address is a film's, by its ending (all one can tell without fetching it)."""
    return _KINDS.get(_ending(url), "").startswith("video/")


class MediaReader:
    """Fetches files. Only from addresses of the open internet, unless `inside` allows this machine's and its network's:
    a post must not be a way to read what only the hub can reach."""

    def __init__(self, client: httpx.Client, *, inside: bool = False) -> None:
        self._client = client
        self._inside = inside

    def read(self, url: str) -> Medium:
        """The file at an address. Raises Refused, or Later where it may be there another time."""
        self._check(url)
        try:
            with self._client.stream("GET", url) as response:
                if response.is_redirect:
                    raise Refused(f"{url} leads elsewhere. Give the address of the file itself.")
                if not response.is_success:
                    kind = Later if response.status_code >= 500 or response.status_code == 429 else Refused
                    raise kind(
                        f"The file at {url} cannot be fetched (error {response.status_code}). Check its address."
                    )
                data = bytearray()
                for chunk in response.iter_bytes():
                    data += chunk
                    if len(data) > LARGEST:
                        raise Refused(f"The file at {url} is larger than {LARGEST // 1024**2} MB.")
                kind_of = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        except httpx.InvalidURL as error:
            raise Refused(f"{url} is no address of a file.") from error
        except httpx.HTTPError as error:
            raise Later(f"The file at {url} cannot be fetched ({str(error) or type(error).__name__}).") from error
        media_type = kind_of if kind_of.startswith(("image/", "video/")) else _KINDS.get(_ending(url), "")
        if not media_type:
            raise Refused(f"What is at {url} is no picture and no film.")
        return Medium(urlsplit(url).path.rpartition("/")[2] or "file", media_type, bytes(data))

    def _check(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Refused(f"{url} is no web address.")
        if self._inside:
            return
        try:
            found = {info[4][0] for info in socket.getaddrinfo(parts.hostname, None)}
        except OSError as error:
            raise Later(f"{parts.hostname} is not found on the internet. Check the address of the picture.") from error
        if not all(ipaddress.ip_address(str(one).partition("%")[0]).is_global for one in found):
            raise Refused(f"{url} is an address inside your own network. Give one that everybody can open.")


def _ending(url: str) -> str:
    return urlsplit(url).path.rpartition(".")[2].lower()
