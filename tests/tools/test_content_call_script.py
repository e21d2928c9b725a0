"""Call scripts: their parts, the tickets behind the objections, and the template."""

from scripted import ScriptedWriter

import tools.campaigns
import tools.content  # noqa: F401 - declares the tools
from tests.tools.drafting import CALL, Reading, Writing, article, call, drafts
from tools.core.door import Door


class TestCallScript:
    def test_parts_in_the_order_of_a_call(self, door: Door, reading: Reading) -> None:
        made = call(door, "generate_call_script", ScriptedWriter(CALL), product="desk flowers", objective="book a demo")
        order = (
            "I am calling because",
            "What bothers",
            "We bring",
            "“Too dear.” Less than",
            "“No time.” It takes",
            "Shall we",
        )
        places = [made.text.index(part) for part in order]
        assert places == sorted(places)
        assert drafts(reading)[0].kind == "call_script"

    def test_tickets_are_shown_for_the_objections(self, door: Door, writing: Writing) -> None:
        article(writing, "Flowers late again", "The desk flowers came late.", kind="ticket")
        writer = ScriptedWriter(CALL)
        made = call(door, "generate_call_script", writer, product="desk flowers")
        assert "What a customer wrote: Flowers late again" in writer.asked
        assert [source.noun for source in made.sources] == ["ticket"]

    def test_an_answer_belongs_to_its_objection(self, door: Door) -> None:
        reply = CALL | {"objection_1": "We pay 12 euros."}
        made = call(door, "generate_call_script", ScriptedWriter(reply), product="desk flowers")
        assert made.objections == ("I have no time right now.", "No time.")
        assert made.answers == ("I understand. When may I call again, for five minutes at most?", "It takes a minute.")

    def test_template_holds_the_words_given(self, door: Door) -> None:
        made = call(door, "generate_call_script", product="leasing", audience="HR managers", objective="book a demo")
        assert made.opening == (
            "Hello, my name is [your name] from our team. I am calling about leasing. "
            "We are talking with HR managers these days. Is this a good moment for two minutes?"
        )
        assert "book a demo" in made.close
        assert (made.ai_generated, len(made.questions), len(made.objections), len(made.answers)) == (False, 3, 2, 2)
