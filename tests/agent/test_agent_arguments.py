"""The arguments of a tool that is already known, from sentences in many voices."""

from typing import Any

import pytest

#: (tool, sentence, arguments that must be exactly so; None: must not be filled).
TABLE: list[tuple[str, str, dict[str, Any]]] = [
    # names of new things
    ("save_template", 'Keep this text as a template called "Late reply": "Sorry!"', {"name": "Late reply", "content": "Sorry!"}),
    ("save_template", 'save this as sms template, name late one: "we are late"', {"name": "late one", "kind": "sms"}),
    ("save_template", 'Store it as template under the name "Open day": "Come in."', {"name": "Open day"}),
    ("create_campaign", "new social campaign cosy nights, 1.5k", {"name": "cosy nights", "budget": 1500}),
    ("create_campaign", "new email campaign Mums Day 800 eur 27 apr to 10 may", {"name": "Mums Day", "budget": 800}),
    ("create_campaign", "create an email campaign for our autumn sale", {"name": None}),
    ("create_segment", "make a segment night riders, evry1 w city Ghent", {"name": "night riders", "conditions": "city Ghent"}),
    ("update_campaign", "mark Copperkettle as Completed", {"name": None, "status": "completed"}),
    ("update_campaign", "pause Copperkettle and Mossy Bank as well", {"name": None}),
    ("update_campaign", "She called in sick, so stop Copperkettle", {"name": None}),
    # texts that are given word for word
    ("schedule_social_post", "put this on fb sat 7am: Fresh rolls, tea, open early.", {"content": "Fresh rolls, tea, open early."}),
    ("add_knowledge_article", "Title: 'Storing tea'. Content: 'Cold and dark.'", {"title": "Storing tea", "content": "Cold and dark."}),
    # subjects wherever they stand
    ("generate_email", "an email that tells parents we check seats for free", {"audience": "parents", "topic": "check seats for free"}),
    ("generate_email", "mail for parents tht we check evry seat, just the txt", {"audience": "parents", "topic": "we check every seat"}),
    ("suggest_segments", "We will sell more lights. Which segments suit this goal?", {"goal": "sell more lights"}),
    ("generate_social_post", "We won a prize! Make a LinkedIn post out of it.", {"topic": "won a prize"}),
    ("generate_sms", "free repairs next wk, write me a sms for it", {"topic": "free repairs next week"}),
    ("generate_sms", "Need an SMS drafted by EOD, can you take that?", {"topic": None}),
    ("generate_sms", "write a sms 2 for 1 on chai tins friday", {"topic": "2 for 1 on chai tins friday"}),
    ("generate_call_script", "phone script to sell our wholesale boxes to cafes", {"audience": "cafes", "product": "our wholesale boxes"}),
    ("generate_call_script", "I'm going to ring a few dentists about leasing. What do I say?", {"audience": "dentists", "product": "leasing"}),
    ("add_lead", "new lead Mia Sand email is mia dot sand at blue dash barn dot example", {"email": "mia.sand@blue-barn.example", "name": "Mia Sand"}),
    ("create_content_calendar", "a content calendar about tulips for Bluesky, 5x weekly", {"platforms": ["bluesky"], "posts_per_week": 5}),
    ("generate_ad_copy", "advert for the new panniers, aimed at commuters", {"audience": "commuters", "product": "the new panniers"}),
    ("search_knowledge", "Look up our sending policy in the knowledge base.", {"query": "sending policy"}),
    # values that are taken back, or said by the stored ones
    ("update_campaign", "Copperkettle can't start in October, begin on 2 November instead", {"start_date": "2026-11-02"}),
    ("update_campaign", "bump Copperkettle from 5k to 6.25k", {"budget": 6250}),
    ("update_campaign", "give Copperkettle 1000 more budget", {"budget": 2000}),
    ("update_campaign", "Copperkettle has ten percent too much budget", {"budget": 900}),
    ("update_campaign", "let Copperkettle run another two weeks", {"end_date": "2026-05-14"}),
    # lengths and counts
    ("create_content_calendar", "posts about tea, four a week, for three weeks, starting Monday", {"days": 21, "posts_per_week": 4}),
    ("simulate_workflow", "what would it do in 60 days", {"days": 60}),
    ("generate_email_sequence", "half a dozen mails abt chains, 1 evry wk", {"emails": 6, "days_between": 7, "topic": "chains"}),
    # people
    ("add_lead", "new lead tina brandt from brandt cafe tina@brandtcafe.example", {"name": "Tina Brandt", "company": "Brandt Cafe"}),
    ("add_lead", "Priya Nair, North Offices, p@north.example, came off the trade show", {"name": "Priya Nair", "company": "North Offices", "source": "trade show"}),
    ("add_lead", "Aylin Demir, a@demir.example, her company is called Studio Demir", {"name": "Aylin Demir", "company": "Studio Demir"}),
    ("attribute_conversions", "if the 1st touch gets all the credit", {"model": "first_touch"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, matcher: Any) -> Any:
    """`filled(tool, sentence)`: the arguments of the one call."""
    from agent_fixtures import NOW, ZONE

    from agent import Settings
    from agent.arguments.references import Focus
    from agent.parts import PartReader
    from agent.reading.spelling import spell_out
    from agent.requests import RequestMaker, as_said
    from agent.routing.vocabulary import spoken_words
    from tests.support.houses import open_house
    from tools.core.context import FixedClock

    settings = Settings(home=tmp_path_factory.mktemp("hub"), model_use="none", time_zone="Europe/Berlin")
    with open_house(settings, clock=FixedClock(ZONE, NOW), matcher=lambda: matcher) as hub:
        for name in ("Copperkettle", "Mossy Bank"):
            hub.call("create_campaign", name=name, type="email", budget=1000, end_date="2026-04-30")
        reader, maker = PartReader(hub.door, lambda: matcher), RequestMaker(hub.door)

        def fill(tool: str, sentence: str) -> dict[str, Any]:
            ground = reader.ground(sentence)
            spelled = spell_out(sentence, (record.name for record in ground.names), spoken_words)
            part = reader.read(spelled.text, ground, Focus())
            (request, *_) = as_said(maker.make(hub.door.tool(tool), part, Focus()), spelled, hub.door.tools)
            for evidence in request.rests_on.values():
                if evidence.start is not None:
                    assert sentence[evidence.start : evidence.end] == evidence.words
            return request.arguments

        yield fill


@pytest.mark.parametrize(("tool", "sentence", "wanted"), TABLE, ids=[row[1][:50] for row in TABLE])
def test_arguments(filled: Any, tool: str, sentence: str, wanted: dict[str, Any]) -> None:
    found = filled(tool, sentence)
    assert {name: found.get(name) for name in wanted} == wanted
