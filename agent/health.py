"""How the house is: what is in use, what is wrong with it, and what mends it."""

from typing import TYPE_CHECKING

from sqlalchemy import make_url

from agent.public_address import public_problem
from agent.turn import Health
from tools.delivering.connections import check_server
from tools.delivering.dkim_keys import keys_of
from tools.receiving.mailbox import MailboxTrouble, mailbox_of, opened

if TYPE_CHECKING:
    from agent.hub import Hub


def examine(hub: "Hub") -> list[Health]:
    """One report a part: model, database, index, mail, public address, and the mailbox of bounces where there is one."""
    found = [_model(hub), _database(hub), _index(hub), _mail(hub), _public(hub)]
    return [*found, _mailbox(hub.settings.bounce_mailbox_url)] if hub.settings.bounce_mailbox_url else found


def _model(hub: "Hub") -> Health:
    models = hub.models
    chat = models.chat
    if chat is not None:
        return Health(part="model", summary=f"{chat.model} through {models.kind} ({chat.base_url})", ok=True)
    if models.state == "none":
        return Health(
            part="model", summary="none (HUB_MODEL_USE=none): commands, forms and clear sentences work; drafts come from templates",
            ok=True,
        )  # fmt: skip
    if models.state == "starting":
        return Health(part="model", summary="still starting", ok=True)
    return Health(part="model", summary="none", ok=False, problem=models.problem, fix=models.fix)


def _database(hub: "Hub") -> Health:
    url = make_url(hub.settings.sql_url)
    summary = f"SQLite, {url.database}" if hub.database.is_sqlite else f"PostgreSQL, {url.host}/{url.database}"
    problem = hub.database.problem()
    fix = (
        "Restore the file from a backup."
        if hub.database.is_sqlite
        else "Check that the server runs and DATABASE_URL is right."
    )
    return Health(part="database", summary=summary, ok=problem is None, problem=problem, fix=fix if problem else None)


def _index(hub: "Hub") -> Health:
    health = hub.index.check()
    summary = f"{health.entries} entries, {health.embedded} with vectors of {health.model}"
    fix = "Run `marketing-hub reindex`." if health.problem else None
    return Health(part="index", summary=summary, ok=health.problem is None, problem=health.problem, fix=fix)


def _mail(hub: "Hub") -> Health:
    setup = hub.mail
    if setup.server is None:
        return Health(
            part="mail", summary="no mail server: mailings can be written and planned, none can be sent", ok=True,
            fix="Set HUB_SMTP_URL, such as smtp://user:password@mail.example.com:587, or try with `marketing-hub mail-sink`.",
        )  # fmt: skip
    problem = check_server(setup.server)
    if problem is not None:
        return Health(
            part="mail", summary=setup.server.where, ok=False, problem=f"{problem}.",
            fix="Check HUB_SMTP_URL and HUB_SMTP_SECURITY, and that the server runs.",
        )  # fmt: skip
    obstacle = setup.obstacle()
    if obstacle is not None:
        return Health(
            part="mail", summary=setup.server.where, ok=False, problem=f"{obstacle}.",
            fix="Set what is missing as a HUB_ variable or in hub.toml.",
        )  # fmt: skip
    notes = [setup.server.where, f"as {setup.sender}"]
    keys = keys_of(setup.dkim_folder, setup.domain, setup.dkim_selector)
    notes.append("signed (DKIM)" if keys else "not signed: `marketing-hub dkim` makes the keys")
    if not setup.tracks:
        notes.append("opens and clicks cannot be told without HUB_PUBLIC_URL")
    return Health(part="mail", summary="; ".join(notes), ok=True)


def _public(hub: "Hub") -> Health:
    url = hub.mail.public_url
    if not url:
        return Health(
            part="public", summary="no public address: no links to unsubscribe, no sign-up forms, opens and clicks unknown", ok=True,
            fix="Set HUB_PUBLIC_URL to the https address under which a proxy leads to this hub.",
        )  # fmt: skip
    problem = public_problem(url)
    fix = (
        "Lead /c/ /o/ /u/ /p/ /s/ /f/ /hooks/ and /connect/ of this address to the hub, and nothing else."
        if problem
        else None
    )
    # No reason to call the hub ill: from inside, the own public address cannot be reached everywhere.
    return Health(part="public", summary=url, ok=True, problem=problem, fix=fix)


def _mailbox(url: str) -> Health:
    mailbox = mailbox_of(url)
    try:
        with opened(mailbox):
            return Health(part="mailbox", summary=f"bounces and complaints are read from {mailbox.where}", ok=True)
    except MailboxTrouble as trouble:
        return Health(
            part="mailbox", summary=mailbox.where, ok=False, problem=f"{str(trouble)[:1].upper()}{str(trouble)[1:]}.",
            fix="Check HUB_BOUNCE_MAILBOX_URL, and that the mailbox can be read over IMAP.",
        )  # fmt: skip
