"""Films on Bluesky go to its video service, which puts them into the account's own store when it is done with them.
https://docs.bsky.app/docs/tutorials/video ("Recommended method"), lexicons app.bsky.video.*, com.atproto.server.getServiceAuth
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from tools.publishing.adapter import Surroundings, bearer
from tools.publishing.answers import Later, Refused
from tools.publishing.credentials import Account
from tools.publishing.http import Api
from tools.publishing.media import Medium

#: The video service, and how it is named in tokens for it.
HOST, SERVICE = "https://video.bsky.app", "did:web:video.bsky.app"
#: lexicon app.bsky.embed.video: MP4, at most so many bytes.
LARGEST = 100_000_000
#: How often, and every how many seconds, the service is asked whether it is done with a film.
TRIES, EVERY = 100, 3.0
#: How long a token for the service is good: the film has to be there, and worked on, by then.
LIVES = timedelta(minutes=30)


class KnownFilm(Exception):
    """The service has this very film of the account already: the answer 409 names its job."""

    def __init__(self, job: dict[str, Any]) -> None:
        super().__init__("the film is there already")
        self.job = job


def known_film(found: Any) -> KnownFilm | None:
    """What a 409 says, where it is about a film that is there."""
    job = _job(found) if isinstance(found, dict) else {}
    return KnownFilm(job) if job.get("jobId") else None


class Films:
    """The video service, for one account. `service_auth` is where the account's server gives tokens for others."""

    def __init__(self, around: Surroundings, api: Api, service_auth: str) -> None:
        self._around = around
        self._api = api
        self._service_auth = service_auth
        self._host = around.hosts.get("bluesky", HOST).rstrip("/")

    def uploaded(self, account: Account, house: str, file: Medium) -> Any:
        """The blob of a film that the service is done with. `house` is the DID of the account's own server."""
        if file.kind != "video/mp4":
            raise Refused(f"Bluesky takes films as MP4; {file.name} is {file.kind.partition('/')[2]}.")
        if len(file.data) > LARGEST:
            raise Refused(f"Bluesky takes films of at most 100 MB; {file.name} has {len(file.data) / 1e6:.1f} MB.")
        self._check_limits(account)
        token = self._token(account, house, "com.atproto.repo.uploadBlob")
        query = {"did": account.external_id, "name": file.name}
        headers = {"authorization": f"Bearer {token}", "content-type": file.kind}
        try:
            job = _job(
                self._api.json(
                    "POST", self._at("app.bsky.video.uploadVideo"), params=query, content=file.data, headers=headers
                )
            )
        except KnownFilm as known:
            job = known.job
        return self._finished(file, job)

    def _check_limits(self, account: Account) -> None:
        """app.bsky.video.getUploadLimits: canUpload, else an error or a message."""
        token = self._token(account, SERVICE, "app.bsky.video.getUploadLimits")
        headers = {"authorization": f"Bearer {token}"}
        found = self._api.json("GET", self._at("app.bsky.video.getUploadLimits"), headers=headers)
        if found.get("canUpload", True):
            return
        said = str(found.get("message") or found.get("error") or "its limit is reached").strip().rstrip(".")
        if found.get("error") == "unconfirmed_email":
            raise Refused(f"Bluesky takes no film of this account: {said}. Confirm the account's email address there.")
        raise Later(f"Bluesky takes no more films of this account at the moment: {said}.", timedelta(hours=1))

    def _finished(self, file: Medium, job: dict[str, Any]) -> Any:
        """app.bsky.video.getJobStatus until JOB_STATE_COMPLETED with the blob; any other state means that it goes on."""
        for _ in range(TRIES):
            if job.get("state") == "JOB_STATE_COMPLETED" and job.get("blob"):
                return job["blob"]
            if job.get("state") == "JOB_STATE_FAILED":
                said = str(job.get("message") or job.get("error") or "no reason was given").strip().rstrip(".")
                raise Refused(f"Bluesky could not use {file.name} ({said}). Check the film: MP4, at most 3 minutes.")
            self._around.pause(EVERY)
            query = {"jobId": str(job["jobId"])}
            job = _job(self._api.json("GET", self._at("app.bsky.video.getJobStatus"), params=query))
        raise Later(f"Bluesky is still working on {file.name}.")

    def _token(self, account: Account, audience: str, method: str) -> str:
        """https://docs.bsky.app/docs/api/com-atproto-server-get-service-auth: a token for one service and one method. The
        video service puts the film into the account's store with it, so it is given time."""
        until = int((datetime.now(UTC) + LIVES).timestamp()) if method == "com.atproto.repo.uploadBlob" else None
        query: dict[str, Any] = {"aud": audience, "lxm": method} | ({"exp": until} if until else {})
        found = self._api.json("GET", self._service_auth, params=query, headers=bearer(account.credentials))
        return str(found["token"])

    def _at(self, method: str) -> str:
        return f"{self._host}/xrpc/{method}"


def _job(found: dict[str, Any]) -> dict[str, Any]:
    """A job's state, which the service gives bare, and the lexicon inside `jobStatus`."""
    inner = found.get("jobStatus")
    return inner if isinstance(inner, dict) else found
