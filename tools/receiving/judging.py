"""Whether a hit on a tracked link or picture was made by a person or by a machine, by rules that say why.

A rule looks at one hit (`alone`) or at all hits around it (`together`). The first that fits is kept with the hit. In doubt
it was a person: a rule must be sure, since workflows and rates go by people.

| rule | what fits | after |
| --- | --- | --- |
| prefetch | `Sec-Purpose`, `Purpose`, `X-Purpose` or `X-Moz` says prefetch, prerender or preview | Fetch standard, section Sec-Purpose; Firefox and Safari before it |
| head | HEAD: the address is tested, nobody sees a page | RFC 9110, 9.3.2 |
| robot | the program names itself a robot, a library or a security product | the list “crawler-user-agents”, and SCANNERS below |
| mail_privacy | a picture fetched by exactly “Mozilla/5.0”: Apple's Mail Privacy Protection loads all pictures unread | SocketLabs, “Identifying Apple MPP opens” |
| at_once | within AT_ONCE seconds of leaving the house | Validity and MetaCompliance on clicks of endpoint protection |
| hidden | the link that nobody sees was followed, and this hit came from the same caller near it | the honeypot link of bulk senders |
| every_link | a caller followed MANY_LINKS different links of one letter within BURST seconds | Paminga, “Bot filtering”; likewise others |
| many_people | one caller clicked for MANY_PEOPLE recipients within CROWD seconds | a gateway that tests a whole company's mail |

Google's and Yahoo's picture proxies fetch when a person opens the letter: they are no machine here.
"""

import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from memory.enums import EventType
from memory.mail_hits import HIDDEN_LINK, Hit

PREFETCH, HEAD, ROBOT, MAIL_PRIVACY, AT_ONCE_RULE = "prefetch", "head", "robot", "mail_privacy", "at_once"
HIDDEN, EVERY_LINK, MANY_PEOPLE_RULE = "hidden", "every_link", "many_people"
#: Seconds after leaving the house within which nobody has read a letter and decided.
AT_ONCE = 3.0
#: So many different links of one letter within so many seconds.
MANY_LINKS, BURST = 3, 3.0
#: Clicks for so many different people from one address of the net within so many seconds.
MANY_PEOPLE, CROWD = 5, 10.0
#: How far around a hit on the hidden link the same caller's other hits are its own (seconds).
NEAR_HIDDEN = 600.0
#: Headers by which a browser or proxy says that nobody asked for the page yet, in lower case.
PURPOSES = ("sec-purpose", "purpose", "x-purpose", "x-moz")
#: Parts of user agents (lower case) of mail gateways, link testers and previews that the public list does not hold.
SCANNERS = (
    "barracuda", "proofpoint", "mimecast", "ironport", "ciscosecureemail", "trendmicro", "tmes", "fortimail", "sophos",
    "symantec", "messagelabs", "safelinks", "avanan", "vadesecure", "bitdefender", "forcepoint", "zscaler", "fireeye",
    "linkpreview", "link preview", "urlscan", "virustotal", "headlesschrome", "phantomjs",
)  # fmt: skip
#: Proxies that fetch pictures for a person who has opened the letter.
PICTURE_PROXIES = ("googleimageproxy", "yahoomailproxy")
#: How far around a hit its neighbours can change what it is: nothing is judged for good before that.
SETTLE = timedelta(seconds=max(BURST, CROWD))


def alone(hit: Hit) -> str | None:
    """The rule that makes this hit a machine's, by itself; None where nothing speaks against a person."""
    if any(
        word in hit.told.get(name, "").lower() for name in PURPOSES for word in ("prefetch", "prerender", "preview")
    ):
        return PREFETCH
    if hit.method == "HEAD":
        return HEAD
    if hit.link_id == HIDDEN_LINK:
        return HIDDEN
    if is_robot(hit.user_agent):
        return ROBOT
    if hit.type == EventType.OPENED and hit.user_agent.strip() == "Mozilla/5.0":
        return MAIL_PRIVACY
    if hit.sent_at is not None and (hit.at - hit.sent_at).total_seconds() < AT_ONCE:
        return AT_ONCE_RULE
    return None


def together(hits: Sequence[Hit], crowds: Mapping[str, Sequence[tuple[int, datetime]]]) -> dict[int, str | None]:
    """The verdict on each of these hits: {hit's id: rule, or None for a person}.

    `hits` are all of each letter concerned (bursts show only in full); `crowds` are the clicks of each caller's address
    around them: {address: [(message, moment)]}, in the order of their moments.
    """
    verdicts = {hit.id: alone(hit) for hit in hits}
    letters: dict[int, list[Hit]] = defaultdict(list)
    for hit in hits:
        letters[hit.delivery_id].append(hit)
    for letter in letters.values():
        for found, rule in ((_near_hidden(letter), HIDDEN), (_every_link(letter), EVERY_LINK)):
            for hit in found:
                verdicts[hit.id] = verdicts[hit.id] or rule
    for hit in hits:
        crowd = crowds.get(hit.address or "", ())
        if verdicts[hit.id] is None and hit.type == EventType.CLICKED and crowd:
            around = {message for message, at in crowd if abs(_apart(at, hit.at)) <= CROWD}
            if len(around) >= MANY_PEOPLE:
                verdicts[hit.id] = MANY_PEOPLE_RULE
    return verdicts


def tells_apart(address: str | None) -> bool:
    """Whether an address of the net says who calls: not that of a proxy of the house, nor one of its own network."""
    if not address:
        return False
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False


@lru_cache(maxsize=4_096)
def is_robot(user_agent: str) -> bool:
    """Whether a program's name for itself says that no person looks at what it fetches. Without a name: so, too."""
    name = user_agent.lower()
    if any(proxy in name for proxy in PICTURE_PROXIES):
        return False
    if not name.strip() or any(scanner in name for scanner in SCANNERS):
        return True
    from crawleruseragents import is_crawler  # a thousand patterns: loaded where hits are judged

    return bool(is_crawler(user_agent))


def _near_hidden(letter: Iterable[Hit]) -> list[Hit]:
    hits = list(letter)
    traps = [hit for hit in hits if hit.link_id == HIDDEN_LINK]
    return [
        hit
        for hit in hits
        if any(_same_caller(hit, trap) and abs(_apart(hit.at, trap.at)) <= NEAR_HIDDEN for trap in traps)
    ]


def _every_link(letter: Iterable[Hit]) -> list[Hit]:
    clicks = [hit for hit in letter if hit.type == EventType.CLICKED]
    found = []
    for hit in clicks:
        # Any span of BURST seconds that holds this hit begins with one of the letter's clicks.
        for first in clicks:
            if 0 <= _apart(hit.at, first.at) <= BURST:
                links = {
                    one.link_id for one in clicks if _same_caller(one, hit) and 0 <= _apart(one.at, first.at) <= BURST
                }
                if len(links) >= MANY_LINKS:
                    found.append(hit)
                    break
    return found


def _same_caller(one: Hit, other: Hit) -> bool:
    return one.user_agent == other.user_agent and one.address == other.address


def _apart(later: datetime, earlier: datetime) -> float:
    return (later - earlier).total_seconds()
