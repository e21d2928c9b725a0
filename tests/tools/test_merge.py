"""Liquid merge fields: what a text holds, what is refused, what is filled in; nothing gets out of the sandbox."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.core.errors import BadInput
from tools.merge import BrokenMerge, Limits, check, fields, render, without_marks

LEAD = {"lead": {"first_name": "Ana", "city": "Köln", "score": 7, "custom": {"size": "L"}}}


def test_fields_are_listed_once_in_order_with_their_kind_and_line() -> None:
    found = fields("{{ product }}\n{% if lead.city %}{{ lead.first_name | upcase }}{% endif %} {{ product }}\n"
                   "{{ unsubscribe_url }} {{ lead.custom.size }}{% assign x = 1 %}{{ x }}")  # fmt: skip
    assert [(field.path, field.kind, field.line) for field in found] == [
        ("product", "slot", 1),
        ("lead.city", "lead", 2),
        ("lead.first_name", "lead", 2),
        ("unsubscribe_url", "link", 3),
        ("lead.custom.size", "lead", 3),
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("Hi {{ lead.first_name }} from {{ lead.city }}", "Hi Ana from Köln"),
        ("{{ lead.last_name }}|{{ lead.custom.colour }}|{{ company.name }}|", "|||"),
        ("{{ lead.last_name | default: 'friend' }}", "friend"),
        ("{% if lead.score > 5 %}hot{% else %}cold{% endif %}", "hot"),
        ("{% for i in (1..3) %}{{ i }}{% endfor %}", "123"),
        ("{% raw %}{{ lead.first_name }}{% endraw %}", "{{ lead.first_name }}"),
        ("{{ '2026-04-01' | date: '%d %B' }}", "01 April"),
        ("{{ offer | default: 'none' }}", "none"),
    ],
)
def test_a_text_is_filled_in(content: str, expected: str) -> None:
    assert render(content, LEAD) == expected


def test_values_are_escaped_in_html_only() -> None:
    lead = {"lead": {"company": "<b>A & B</b>"}}
    assert render("<p>{{ lead.company }}</p>", lead, html=True) == "<p>&lt;b&gt;A &amp; B&lt;/b&gt;</p>"
    assert render("{{ lead.company }}", lead) == "<b>A & B</b>"


def test_a_value_is_never_read_as_liquid() -> None:
    lead = {"lead": {"first_name": "{{ lead.email }}{% include 'x' %}", "email": "a@b.example"}}
    assert render("Hi {{ lead.first_name }}", lead) == "Hi {{ lead.email }}{% include 'x' %}"


def test_an_empty_slot_is_named() -> None:
    with pytest.raises(BrokenMerge, match=r"{{ offer }} in line 2 has no value yet; fill it in first"):
        render("Hi\n{{ offer }}", LEAD)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{{ lead }}", "These exist: lead.first_name, lead.last_name"),
        ("{{ lead[x] }}", "write merge fields with dots"),
        ("{{ bla.blu }}", "nothing is called “bla”. Use lead.…"),
        ("{{ lead.custom }}", "Write a custom field as {{ lead.custom.its_name }}"),
        ("a {{ lead.city | uppercase }}", "no filter “uppercase” (line 1). Did you mean upcase?"),
        ("{{ lead.city | }}", "{{ lead.city | }} in line 1 cannot be read as Liquid"),
        ("{% include 'secrets' %}", "no Liquid tag “include” (line 1)"),
        ("{% endif %}", "closes nothing"),
        ("{% else %}", "stands outside of"),
        ("{% if lead.city %}{% for i in (1..2) %}{% endif %}", "there is no open {% if %} before it"),
        ("{% raw %}{{ x }}", "{% raw %} in line 1 is never closed"),
        ("{{ a {{ b }}", "is never closed"),
        ("{{" + " " * 450 + "}}", "too many spaces"),
        ("{{ x }}" * 1_001, "more than 1,000 merge fields"),
        ("{% for i in (1..1000000) %}{% endfor %}", "at most 100"),
        ("{% for i in (1..lead.score) %}{% endfor %}", "written in numbers"),
        ("  \n ", "The content is empty"),
    ],
)
def test_what_cannot_work_is_refused_with_the_fix(content: str, words: str) -> None:
    with pytest.raises(BadInput) as caught:
        check(content)
    assert words in caught.value.sentence
    assert len(caught.value.sentence) < 700


@pytest.mark.parametrize(
    "content",
    [
        "{{ 'a'" + " | replace: '', 'aaaaaaaaaaaaaaa'" * 12 + " }}",
        "{% for i in (1..90) %}{% for j in (1..90) %}x{% endfor %}{% endfor %}",
        "{% for i in (1..100) %}x{% endfor %}" * 100 + "{% for i in (1..100) %}" + "{% if i %}{% endif %}" * 390
        + "{% endfor %}",
        "{% assign a = 'xxxxxxxxxx' %}{% for i in (1..50) %}{% assign a = a | append: a %}{% endfor %}",
        "{% assign a = 9 %}{% for i in (1..100) %}{% assign a = a | times: a %}{% endfor %}",
        "{{ '2026-01-01' | date: '%99999999d' }}",
        "{% assign a = 'x' %}{% for i in (1..15) %}{% assign a = a | append: a %}{% endfor %}"
        "{% for i in (1..100) %}{{ a }}{% endfor %}",
    ],
    ids=["replace", "nested loops", "loops side by side", "doubling", "huge number", "date padding", "output"],
)  # fmt: skip
def test_a_text_that_grows_without_bound_is_stopped(content: str) -> None:
    check(content)
    with pytest.raises(BrokenMerge, match="asks for too much"):
        render(content, LEAD)


@pytest.mark.parametrize("content", ["{{ 1.5 | times: '1e999' | ceil }}", "{{ 'x' | divided_by: 0 }}"])
def test_an_error_inside_a_filter_is_a_sentence(content: str) -> None:
    with pytest.raises(BrokenMerge):
        render(content, LEAD)


def test_limits_can_be_tightened() -> None:
    with pytest.raises(BrokenMerge, match="output"):
        render("x" * 50, {}, Limits(output_bytes=49))
    assert render("x" * 50, {}, Limits(output_bytes=50)) == "x" * 50


@pytest.mark.parametrize(
    ("content", "cleaned"),
    [
        ('<a href="https://x.example/?e={{ lead.email }}">y</a>',) * 2,
        ('<a href="javascript:alert(1)">z</a>', "<a>z</a>"),
        ("<table>{% for i in (1..3) %}<tr><td>{{ i }}</td></tr>{% endfor %}</table>",) * 2,
        ("{% if lead.score > 3 and lead.score < 9 %}<b>x</b>{% endif %}",) * 2,
        ("<!-- {{ lead.nothing_here }} --><p>x</p><!--[if mso]>y<![endif]-->", "<p>x</p>"),
        ('<td style="color:red;position:fixed">x</td>', "x"),
        ('<p style="color:red;position:fixed">x</p>', '<p style="color:red">x</p>'),
        ("<html><head><title>t</title></head><body><h1>x</h1></body></html>", "<h1>x</h1>"),
        ("3 < 4 & 5 > 2",) * 2,
    ],
)  # fmt: skip
def test_html_keeps_layout_and_fields_and_loses_the_rest(content: str, cleaned: str) -> None:
    if "nothing_here" in content:
        content = content.replace("nothing_here", "city")
    assert check(content).content == cleaned


@pytest.mark.parametrize(
    "content",
    [
        '<p {% if lead.city %}class="b"{% endif %}>x</p>',
        "<style>{{ lead.city }}</style>x",
        "<p>x</p><script>{{ offer }}</script>",
    ],
)
def test_a_field_where_html_cannot_keep_it_is_refused(content: str) -> None:
    with pytest.raises(BadInput, match="stands where HTML cannot keep it"):
        check(content)


def test_mjml_is_refused_rather_than_mangled() -> None:
    with pytest.raises(BadInput, match="MJML"):
        check("<mjml><mj-body>x</mj-body></mjml>")


def test_the_text_around_the_marks() -> None:
    assert without_marks("Hi {{ lead.first_name }}, {% if x %}yes{% endif %}") == "Hi , yes"


PIECES = (
    "{{", "}}", "{%", "%}", "{{ lead.city }}", "{{ x | replace: '', x }}", "{% for i in (1..99) %}",
    "{% endfor %}", "{% if x %}", "{% endif %}", "{% assign x = x | append: 'aaaaaaaaaa' | times: 9 %}",
    "{% capture x %}", "{% endcapture %}", "{% raw %}", "{% endraw %}", "{% case x %}", "{% when 1 %}",
    "{% endcase %}", "{% else %}", "{% elsif x < 3 %}", "{% break %}", "{% comment %}", "{% endcomment %}",
    "{{ x | date: '%5d' }}", "{{ x | split: '' | sort | join: x }}", "{{ x | round: 999 }}", "{{ x[0] }}",
    "{{ [x] }}", "{{ (1..9) | reverse | last | divided_by: 0 }}", "{{ x | truncate: -1, x | slice: 9, -4 }}",
    "{% cycle x, 1 %}", "{% echo x %}", "{% # hi %}", "<table>", "<p a='", "</p>", "<!--", "-->", "'>", "\n",
    "                              ", "[", "é", "\x00",
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=40).map("".join))
def test_whatever_is_written_is_checked_and_filled_in_or_refused_with_a_sentence(content: str) -> None:
    limits = Limits(output_bytes=20_000, value_characters=20_000)
    said = ""
    try:
        said = render(check(content).content, {**LEAD, "x": "a3"}, limits)
    except BadInput as error:
        said = error.sentence
        assert said.strip()
    assert len(said.encode()) <= 20_000
