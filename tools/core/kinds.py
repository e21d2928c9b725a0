"""What the words of an argument are: the roles that a plain `str`, `float` or `int` may play.

A tool's signature says `topic: Topic` instead of `topic: str`. To Python it is a `str`; the agent reads the role to
know which words of a sentence may fill it, and the catalogue prints it as the argument's type.
"""

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True)
class Ref:
    """The argument names an existing record of this noun, by its id or by (part of) its name."""

    noun: str


@dataclass(frozen=True)
class Role:
    """The role of a value in a sentence. `cues` are words that often stand before it."""

    name: str
    cues: tuple[str, ...] = ()


CampaignRef = Annotated[str, Ref("campaign")]
TemplateRef = Annotated[str, Ref("template")]
EmailCampaignRef = Annotated[str, Ref("email_campaign")]
SegmentRef = Annotated[str, Ref("segment")]
LeadRef = Annotated[str, Ref("lead")]
PostRef = Annotated[str, Ref("social_post")]
WorkflowRef = Annotated[str, Ref("workflow")]
AbTestRef = Annotated[str, Ref("ab_test")]

#: What a new record is called, or a record's new name.
Name = Annotated[str, Role("name", ("called", "named", "under the name", "titled", "call it", "name it", "rename to"))]
#: What a text is about.
Topic = Annotated[str, Role("topic", ("about", "on", "regarding", "announcing", "that", "for"))]
#: A thing that is sold or advertised.
Product = Annotated[str, Role("product", ("for", "selling", "about", "on", "to sell", "to promote"))]
#: The people it is meant for.
Audience = Annotated[str, Role("audience", ("to", "for", "aimed at", "targeting", "addressed to"))]
#: Adjectives for how it should sound.
Tone = Annotated[str, Role("tone", ("in a", "sounding", "tone"))]
#: What somebody wants to achieve, in words.
Aim = Annotated[str, Role("aim", ("to", "for", "that", "so that", "who"))]
#: A line of business.
Industry = Annotated[str, Role("industry", ("for", "in"))]
#: A text to be kept word for word: quoted, or behind a colon.
Prose = Annotated[str, Role("prose", ("with the text", "saying", "that says"))]
#: A title or subject line, usually quoted.
Title = Annotated[str, Role("title", ("titled", "with the subject", "subject", "called"))]
#: Words of the sentence that describe something freely (the whole rest of the request will do).
Description = Annotated[str, Role("description", ())]
#: When a workflow starts, in words ("a lead is created").
Trigger = Annotated[str, Role("trigger", ("triggered by", "trigger:", "starts when"))]
#: One step of a workflow, in words ("wait 2 days").
Step = Annotated[str, Role("step", ("steps:",))]
#: What to look for.
Query = Annotated[str, Role("query", ("about", "for", "on", "mention", "containing", "how", "regarding"))]
#: A file's path or an address to read from.
Source = Annotated[str, Role("source", ("from", "in", "file"))]
#: An e-mail address.
EmailAddress = Annotated[str, Role("email")]
#: A company's name.
Company = Annotated[str, Role("company", ("from", "at", "of", "company"))]
#: A person's name.
PersonName = Annotated[str, Role("person", ("called", "named"))]
#: A condition tree in words ("status is customer and city is Berlin").
Conditions = Annotated[str, Role("conditions", ("where", "with", "whose", "who", "of"))]
#: A period in words ("last 30 days", "October"); `tools.words.resolve_period` makes dates of it.
Period = Annotated[str, Role("period")]
#: An amount of money in the hub's currency.
Money = Annotated[float, Role("money")]
#: A number of things.
Count = Annotated[int, Role("count")]
#: A number of days.
Days = Annotated[int, Role("days")]
#: A share between 0 and 1.
Share = Annotated[float, Role("share")]
#: An address of a picture or film.
MediaUrl = Annotated[str, Role("url")]
