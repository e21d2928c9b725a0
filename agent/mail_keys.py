"""The house's DKIM keys, as the command line shows them."""

from dataclasses import dataclass

from agent.settings import Settings
from tools.core.errors import BadInput
from tools.delivering.dkim_keys import dns_record, make_keys


@dataclass(frozen=True)
class DkimRecords:
    """The DNS records that publish the keys, as (name, text). `made`: whether a key was made just now."""

    domain: str
    records: tuple[tuple[str, str], ...]
    made: bool


def dkim_records(settings: Settings) -> DkimRecords:
    """The records of the sender's domain; keys that are missing are made. Raises BadInput without a sender."""
    setup = settings.mail_setup(settings.home)
    if not setup.domain or setup.dkim_folder is None:
        raise BadInput("No sender is set. Set HUB_MAIL_FROM first, such as “Bloom <news@example.com>”.", "mail_from")
    keys, made = make_keys(setup.dkim_folder, setup.domain, setup.dkim_selector)
    records = [dns_record(key) for key in keys]
    return DkimRecords(setup.domain, tuple((record.name, record.value) for record in records), made)
