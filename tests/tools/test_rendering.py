"""Letters rendered from MJML, HTML and plain text: what a person gets, and what is refused with its place."""

import re
from typing import Any

import pytest

from tools.core.errors import BadInput
from tools.merge import BrokenMerge
from tools.rendering import RenderedLetter, check_letter, is_mjml, render_letter

LEAD = {"first_name": "Ana", "city": "Berlin & Potsdam", "company": "<b>Acme</b>"}
LINKS = {"unsubscribe_url": "https://hub.example/u/1", "preferences_url": "https://hub.example/p/1"}
MJML = """<mjml>
<mj-head><mj-preview>News for {{ lead.first_name }}</mj-preview><mj-style>.x { color: red }</mj-style></mj-head>
<mj-body>
<!-- nobody {{ lead.name }} sees this -->
{% if lead.city %}
<mj-section><mj-column>
<mj-text css-class="x">Hello <b onclick="steal()">{{ lead.first_name }}</b> in {{ lead.city }}</mj-text>
<mj-button href="https://shop.example/?city={{ lead.city | url_encode }}&amp;a=1">Look</mj-button>
</mj-column><mj-column>
<mj-table>{% for n in (1..2) %}<tr><td>{{ n }}</td><td>cup</td></tr>{% endfor %}</mj-table>
</mj-column></mj-section>
{% endif %}
<mj-section><mj-column><mj-text><a href="{{ unsubscribe_url }}">Leave</a></mj-text></mj-column></mj-section>
</mj-body></mjml>"""


def letter(content: str, **more: Any) -> RenderedLetter:
    return render_letter(content, more.pop("lead", LEAD), subject=more.pop("subject", "Hi"), links=LINKS, **more)


def body(column: str) -> str:
    return f"<mjml><mj-body><mj-section><mj-column>\n{column}\n</mj-column></mj-section></mj-body></mjml>"


def test_mjml_becomes_a_page_with_its_layout_and_the_persons_values() -> None:
    made = letter(MJML)
    assert made.html.startswith("<!doctype html>")
    assert "@media only screen and (min-width:480px)" in made.html
    assert ".x { color: red }" in made.html
    assert "<!--[if mso | IE]>" in made.html
    assert "Hello <b>Ana</b> in Berlin &amp; Potsdam" in made.html
    assert 'href="https://shop.example/?city=Berlin+%26+Potsdam&amp;a=1"' in made.html
    assert "<tr><td>1</td><td>cup</td></tr><tr><td>2</td><td>cup</td></tr>" in made.html
    assert ">News for Ana</div>" in made.html
    assert "onclick" not in made.html
    for mark in ("{{", "{%", "liquid"):
        assert mark not in made.html
    assert "nobody" not in made.html
    assert "fonts.googleapis.com" not in made.html


def test_the_text_part_says_the_same_without_markup() -> None:
    assert letter(MJML).text == (
        "Hello Ana in Berlin & Potsdam\n\nLook (https://shop.example/?city=Berlin+%26+Potsdam&a=1)\n\n1 cup\n\n2 cup\n\n"
        "Leave (https://hub.example/u/1)"
    )


def test_a_section_between_liquid_tags_is_left_out_for_whom_it_does_not_concern() -> None:
    made = letter(MJML, lead={"first_name": "Ben"})
    assert "Hello" not in made.html
    assert made.text == "Leave (https://hub.example/u/1)"


def test_html_is_cleaned_and_dressed_as_a_page() -> None:
    made = letter(
        "<p>Hi {{ lead.first_name }} of {{ lead.company }}</p><script>x()</script><ul><li>one</li><li>two</li></ul>"
        '<img src="https://x.example/a.png" alt="A cup">',
        subject="For {{ lead.first_name }}\n& all",
        preview_text="Look {{ lead.first_name }}",
    )
    assert made.subject == "For Ana & all"
    assert made.preview_text == "Look Ana"
    assert "<title>For Ana &amp; all</title>" in made.html
    assert re.search(r'<body style="[^"]*"><div style="display:none;[^"]*">Look Ana</div>', made.html)
    assert "Hi Ana of &lt;b&gt;Acme&lt;/b&gt;" in made.html
    assert "script" not in made.html
    assert made.text == "Hi Ana of <b>Acme</b>\n\n- one\n\n- two\n\nA cup"


def test_plain_text_gets_an_html_part_with_links() -> None:
    made = letter("Hi {{ lead.first_name }},\nsee https://x.example/a?b=1&c=2.\n\nOut: {{ unsubscribe_url }} 1 < 2")
    assert made.text == "Hi Ana,\nsee https://x.example/a?b=1&c=2.\n\nOut: https://hub.example/u/1 1 < 2"
    assert "<p>Hi Ana,<br>\n" in made.html
    assert '<a href="https://x.example/a?b=1&amp;c=2">https://x.example/a?b=1&amp;c=2</a>.</p>' in made.html
    assert '<a href="https://hub.example/u/1">https://hub.example/u/1</a> 1 &lt; 2</p>' in made.html


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (body("<mj-texd>x</mj-texd>"), "<mj-texd> in line 2 is no tag of MJML at this place. Did you mean <mj-text>?"),
        (body("<p>x</p>"), "HTML belongs inside <mj-text>"),
        (body("<mj-text>x"), "<mj-text> in line 2 is never closed; end it with </mj-text>."),
        ("<mjml><mj-body><mj-section></mj-body></mjml>", "</mj-body> in line 1 closes nothing; <mj-section> must be"),
        ("<mjml><mj-body>", "<mj-body> is never closed"),
        (body('<mj-include path="/etc/passwd"/>'), "<mj-include> in line 2 would read another file"),
        (body("lost words"), "“lost words” in line 2 stands between the tags of MJML; put it inside <mj-text>."),
        (body("<mj-text color=red>x</mj-text>"), "<mj-text> in line 2 has an attribute that cannot be read"),
        (body("<mj-text align='x\" onclick=\"evil()'>x</mj-text>"), "The attribute align of <mj-text> in line 2"),
        (body('<mj-text onclick="evil()">x</mj-text>'), "The attribute onclick of <mj-text>"),
        (body('<mj-button href="java&#115;cript:evil()">x</mj-button>'), "The href of <mj-button> in line 2"),
        (body("<mj-text>\n<mj-button>x</mj-button></mj-text>"), "<mj-button> in line 3 stands inside <mj-text>"),
        (
            "<mjml><mj-head><mj-style>p { background: url(x) } @import 'y';</mj-style></mj-head></mjml>",
            "The style sheet in line 1 holds “@import”",
        ),
        ("<mjml><mj-head><mj-raw><script>x</script></mj-raw></mj-head></mjml>", "may not stand in <mj-head>"),
        ("<mjml><mj-head>{% if lead.city %}<mj-font/>{% endif %}</mj-head></mjml>", "stands where MJML cannot keep it"),
        (body('<mj-text nonsense="{{ lead.city }}">x</mj-text>'), "at a place that MJML leaves out"),
    ],
)
def test_broken_mjml_is_told_with_the_tag_and_its_line(content: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        check_letter(content)
    assert said in caught.value.sentence
    assert caught.value.field == "content"


@pytest.mark.parametrize(
    "inner",
    [
        "<mj-text><script>alert(1)</script><p onmouseover='x()'>hi</p></mj-text>",
        "<mj-raw><iframe src='https://x.example'></iframe><form></form></mj-raw>",
        "<mj-table><tr><td><object data='x'></object><a href='javascript:x()'>hi</a></td></tr></mj-table>",
        "<mj-button href='https://x.example'><svg onload='x()'></svg>hi</mj-button>",
    ],
)
def test_what_runs_is_taken_out_of_mjml_and_the_person_is_told(inner: str) -> None:
    checked = check_letter(body(inner))
    html = letter(checked.content).html
    for gone in ("alert(1)", "onmouseover", "<iframe", "<form", "<object", "javascript:", "onload", "<svg"):
        assert gone not in checked.content
        assert gone not in html
    assert checked.notes[0].startswith("Taken out of the MJML")


@pytest.mark.parametrize(
    ("content", "said", "line"),
    [
        (body("<mj-text>{{ lead.frist_name }}</mj-text>"), "Did you mean {{ lead.first_name }}?", 2),
        (body("<mj-text>\n\n{% if lead.city %}</mj-text>"), "{% if lead.city %} in line 4 is never closed", 4),
    ],
)
def test_a_broken_merge_field_in_mjml_is_named_with_its_line(content: str, said: str, line: int) -> None:
    with pytest.raises(BrokenMerge) as caught:
        check_letter(content)
    assert said in caught.value.sentence
    assert caught.value.line == line


@pytest.mark.parametrize(
    "content", [body("<mj-text>\n{{ offer }}</mj-text>"), "<p>a\nb\n{{ offer }}</p>", "a\nb\n{{ offer }}"]
)
def test_an_unfilled_slot_is_named_with_the_line_that_the_author_wrote(content: str) -> None:
    with pytest.raises(BrokenMerge, match=r"\{\{ offer \}\} in line 3 has no value yet"):
        letter(content)
    assert "A cup" in letter(content, slots={"offer": "A cup"}).text


def test_a_broken_subject_line_says_that_it_is_the_subject_line() -> None:
    with pytest.raises(BrokenMerge, match=r"In the subject line: \{\{ offer \}\}"):
        letter("Hi", subject="{{ offer }}")


def test_what_was_checked_once_is_checked_again_without_a_change() -> None:
    once = check_letter(MJML)
    again = check_letter(once.content)
    assert again.content == once.content
    assert again.notes == ()
    assert [one.path for one in once.fields] == ["lead.first_name", "lead.city", "unsubscribe_url"]


def test_only_what_begins_with_the_tag_is_mjml() -> None:
    assert is_mjml("\n <!-- x --> <mjml>")
    assert is_mjml("<MJML><mj-body/></MJML>")
    assert not is_mjml("<p><mjml></p>")
    assert not is_mjml("mjml")
    with pytest.raises(BadInput, match="MJML"):
        check_letter("<p>x</p><mj-text>y</mj-text>")


def test_braces_written_as_entities_stay_text() -> None:
    made = letter(body('<mj-image src="https://x.example/a.png" alt="&#123;&#123; a }}"/>'))
    assert made.text == "{{ a }}"


@pytest.mark.parametrize("content", ["Hi Ana,", "<p>Hi Ana,</p>", '<p style="font-family: Georgia">Hi Ana,</p>'])
def test_a_letter_without_style_is_read_in_one_font(content: str) -> None:
    made = render_letter(content, {}, subject="News")
    assert '<body style="font-family:Helvetica,Arial,sans-serif">' in made.html
    assert ("Georgia" in made.html) == ("Georgia" in content)  # its own style stands further inside, and so decides
