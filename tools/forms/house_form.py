"""What the house knows of itself, and the accounts it posts from: what the settings page shows and changes."""

from dataclasses import dataclass
from datetime import datetime

from memory.house import BRAND_VOICE, COMPANY_NAME, INDUSTRY, house_fact, set_house_fact
from memory.social_accounts import connected_accounts
from tools.core.context import Context
from tools.core.declare import tool
from tools.core.errors import BadInput, Missing
from tools.core.result import Result
from tools.quoting import inert

#: Longer is no name, and no line of business.
LONGEST = 200


@dataclass(frozen=True)
class HouseFacts:
    """The company's name, its line of business and its voice; None where nobody told yet."""

    name: str | None
    industry: str | None
    voice: str | None


@dataclass(frozen=True)
class AccountView:
    """A connected account; `expires_at` is when its platform will ask again, in the hub's zone."""

    platform: str
    handle: str
    connected_at: datetime
    expires_at: datetime | None


class HouseDescribed(Result):
    """What the house is called and does, as it is now."""

    name: str | None
    industry: str | None

    @property
    def text(self) -> str:
        said = [
            f"name: {inert(self.name)}" if self.name else "",
            f"industry: {inert(self.industry)}" if self.industry else "",
        ]
        return f"Saved; {', '.join(filter(None, said))}."


@tool(effect="write", route="PATCH /house", form=True)
def describe_house(ctx: Context, name: str | None = None, industry: str | None = None) -> HouseDescribed:
    """Save the company's name and its line of business; what is left out stays.

    Args:
        name: What the company is called, as recipients know it.
        industry: Its line of business in a few words, such as bookshop.
    """
    given = {COMPANY_NAME: ("name", name), INDUSTRY: ("industry", industry)}
    told = {key: (field, " ".join(value.split())) for key, (field, value) in given.items() if value is not None}
    told = {key: (field, value) for key, (field, value) in told.items() if value}
    if not told:
        raise Missing("What is the company called, or what does it do?", ["name"])
    for key, (field, value) in told.items():
        if len(value) > LONGEST:
            raise BadInput(f"The {field} has {len(value)} characters; please say it in {LONGEST} at most.", field)
        set_house_fact(ctx.session, key, value)
    facts = house_facts(ctx)
    return HouseDescribed(name=facts.name, industry=facts.industry)


def house_facts(ctx: Context) -> HouseFacts:
    """What the house knows of itself."""
    return HouseFacts(*(house_fact(ctx.session, key) for key in (COMPANY_NAME, INDUSTRY, BRAND_VOICE)))


def accounts(ctx: Context) -> list[AccountView]:
    """The accounts that posts go out from."""
    zone = ctx.clock.zone
    return [
        AccountView(
            platform=one.platform.value,
            handle=one.handle,
            connected_at=one.created_at.astimezone(zone),
            expires_at=one.expires_at.astimezone(zone) if one.expires_at else None,
        )
        for one in connected_accounts(ctx.session)
    ]
