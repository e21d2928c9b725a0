"""Sentences with no day, time, amount or count in them, though their words look like some: nothing is read."""

from __future__ import annotations

from datetime import datetime

import pytest

from agent.reading import read

SENTENCES = """\
You may send it when you like.
May I see the campaigns?
we may want to wait
They march on without us.
March into the store and look around
it sat there for nobody
The sun is out, the shop is open.
We wed strategy and craft.
Our mon ami discount is back
Let us spring into action
The prices fall as the leaves do
a fall campaign about boots
summer vibes only
our winter collection
Write a spring newsletter for our customers
This is the second hand shop.
first, show me the list
On second thought, leave it as it is.
The last touch model, please
first name and last name
Who was first?
I want the webinar one.
Which one is better?
one of them is broken
no one opened it
None of the mails arrived
Give me the one about returns
a few ideas would be nice
several posts, many likes
some time soon perhaps
any time is fine
every lead counts
each email has a footer
in the long run
in time for the party
at the door
at our place
by hand
by the way, thanks
to be or not to be
from scratch
through the roof
until it works
since you asked
before we start
after the webinar
over and out
Pause Bloom, resume Winter Wonder
Bloom for LinkedIn and Instagram
B2B and B2C leads
our GPT-4 competitor, COVID-19 rules, the MP3 player
24/7 support with a 50/50 chance
A/B test it, then pick
rock 'n' roll isn't dead
don't touch the customers' data
it's O'Brien's idea
What's the point of it?
Show drafts and active campaigns
Make it shorter and friendlier
Second Life players love us
Mondayish mood, weekday blues
April Smith and June from Acme
Jan de Vries and Mark Friday-Jones agree
the quarterback and the halfway house
Be more concise; less is more.
We need to double down and halt
the score is even
point of sale and time of need
Sunny days ahead
the night owl club
good morning! good evening!
noon-time is our brand
Hello
thanks
yes
""".splitlines()


@pytest.mark.parametrize("sentence", SENTENCES)
def test_nothing_is_read(sentence: str) -> None:
    found = read(sentence, now=datetime(2026, 7, 8, 14, 30), time_zone="Europe/Berlin", country="GB")
    assert [(m.kind, m.text) for m in found] == []
