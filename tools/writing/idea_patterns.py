"""Tried kinds of campaigns, by goal: what the template for ideas is filled from where no model runs."""

from typing import NamedTuple

from memory.enums import CampaignType, Goal


class Pattern(NamedTuple):
    """One kind of campaign; `text` has room for {people}."""

    name: str
    type: CampaignType
    goals: tuple[Goal, ...]
    text: str


_LEADS, _SALES, _BRAND = Goal.LEAD_GENERATION, Goal.SALES, Goal.BRAND_AWARENESS
_KEEP, _LAUNCH, _EVENT = Goal.RETENTION, Goal.PRODUCT_LAUNCH, Goal.EVENT
_EMAIL, _SOCIAL, _ADS, _MULTI = CampaignType.EMAIL, CampaignType.SOCIAL, CampaignType.ADS, CampaignType.MULTI_CHANNEL

PATTERNS = (
    Pattern(
        "The First Step",
        _MULTI,
        (_LEADS,),
        "A short checklist to download, on what {people} ask most often. Whoever takes it leaves an address and "
        "gets follow-up mails with an invitation to talk.",
    ),
    Pattern(
        "Try It First",
        _ADS,
        (_LEADS, _LAUNCH),
        "Ads invite {people} to try your offer without obligation; a short form collects who wants to, and "
        "each gets a personal answer.",
    ),
    Pattern(
        "Last Call",
        _EMAIL,
        (_SALES,),
        "One clear offer with an end date for {people}, in a short series of mails: announcement, reminder, last day.",
    ),
    Pattern(
        "Better Together",
        _MULTI,
        (_SALES,),
        "A bundle of what {people} often take together, shown in posts and ads and offered by mail to those "
        "who know you.",
    ),
    Pattern(
        "Behind the Scenes",
        _SOCIAL,
        (_BRAND,),
        "A series of posts shows how the work is really done, and by whom. It gives {people} faces and a reason "
        "to follow you.",
    ),
    Pattern(
        "In Their Own Words",
        _SOCIAL,
        (_BRAND, _LAUNCH),
        "Customers say in a sentence and a picture what changed for them, in the words of {people}. Ask for leave "
        "first, then post one a week.",
    ),
    Pattern(
        "Welcome Back",
        _EMAIL,
        (_KEEP,),
        "A mail to {people} who have not been in touch for a while: what is new, and one good reason to come back.",
    ),
    Pattern(
        "Thank You",
        _EMAIL,
        (_KEEP,),
        "A personal thank-you to {people}, with something that is not for sale: advice, a look ahead, an "
        "early invitation.",
    ),
    Pattern(
        "First to Know",
        _MULTI,
        (_LAUNCH,),
        "A waiting list for what is coming: posts raise curiosity, and {people} on the list hear the news "
        "before everybody else.",
    ),
    Pattern(
        "Counting Down",
        _MULTI,
        (_EVENT, _LAUNCH),
        "A countdown for {people}: one detail a week by post and mail, then a reminder on the day before.",
    ),
    Pattern(
        "Come and See",
        _MULTI,
        (_EVENT, _LEADS),
        "An open day or an online hour: {people} are invited by mail and post, bring questions, and hear from you "
        "afterwards.",
    ),
    Pattern(
        "Bring a Friend",
        _EMAIL,
        (_KEEP, _SALES, _LEADS),
        "Ask {people} who are content to recommend you, with a thank-you for both sides.",
    ),
    Pattern(
        "Ask the Expert",
        _SOCIAL,
        (_LEADS, _BRAND),
        "A weekly hour in which {people} send questions and one of you answers in a short post or film. The best "
        "answers go into a mail to all who asked.",
    ),
    Pattern(
        "Before and After",
        _ADS,
        (_SALES, _BRAND),
        "Ads that show one true example: how it was before, how it is now. {people} who look closer are led to a "
        "page with the whole story.",
    ),
    Pattern(
        "The Long Weekend",
        _MULTI,
        (_SALES, _EVENT),
        "A short, well announced action over one weekend: {people} hear of it by mail, see it in posts, and get a"
        " reminder on the last day.",
    ),
    Pattern(
        "Half a Year Later",
        _EMAIL,
        (_KEEP,),
        "A mail to {people} some months after they bought: how it goes, what helps, whom to ask. It keeps the "
        "door open without selling.",
    ),
    Pattern(
        "Small Lessons",
        _EMAIL,
        (_LEADS, _KEEP),
        "A free course in a few short mails on something that {people} want to be able to do. The last mail "
        "invites to the next step with you.",
    ),
    Pattern(
        "The Neighbours",
        _MULTI,
        (_BRAND, _EVENT),
        "Join forces with a business whose customers are {people} too: each writes to its own list about the "
        "other, and both share one small event.",
    ),
    Pattern(
        "Sneak Preview",
        _SOCIAL,
        (_LAUNCH, _BRAND),
        "Show what is coming in pieces, one picture at a time, and let {people} guess. Whoever comments hears the"
        " answer first.",
    ),
    Pattern(
        "Vote for It",
        _SOCIAL,
        (_BRAND, _LAUNCH),
        "Let {people} choose between two or three possibilities, a colour, a taste, a date, in posts; then make "
        "what they chose, and say so.",
    ),
)


def patterns_for(goal: Goal | None) -> list[Pattern]:
    """All patterns, those for the goal first; without a goal, one of each kind before the others."""
    if goal is None:
        return [*PATTERNS[::2], *PATTERNS[1::2]]
    return sorted(PATTERNS, key=lambda pattern: goal not in pattern.goals)
