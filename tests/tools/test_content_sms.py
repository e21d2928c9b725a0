"""Text messages: their length, their cost, and the template."""

from scripted import ScriptedWriter

import tools.campaigns
import tools.content  # noqa: F401 - declares the tools
from memory.house import COMPANY_NAME, set_house_fact
from tests.tools.drafting import Writing, call
from tools.core.door import Door


class TestSms:
    def test_length_is_counted(self, door: Door) -> None:
        made = call(
            door, "generate_sms", ScriptedWriter({"message": "Tulips \u2013 fresh today. Come by!"}), topic="tulips"
        )
        assert made.content == "Tulips - fresh today. Come by!"
        assert (made.encoding, made.characters, made.segments, made.limit) == ("GSM-7", 30, 1, 160)
        assert made.text == "> Tulips - fresh today. Come by!\n\n30 of 160 characters, 1 segment (GSM-7)."

    def test_too_long_says_what_it_costs(self, door: Door) -> None:
        made = call(door, "generate_sms", ScriptedWriter({"message": "tulips and more " * 12}), topic="tulips")
        assert made.segments == 2
        assert "191 of 160 characters, 2 segments (GSM-7); each recipient costs 2 messages" in made.text

    def test_template(self, door: Door, writing: Writing) -> None:
        with writing() as session:
            set_house_fact(session, COMPANY_NAME, "Field & Vase")
        made = call(door, "generate_sms", topic="the flash sale")
        assert made.content == "Field & Vase: The flash sale. Questions? Get in touch with us."
        assert made.ai_generated is False
