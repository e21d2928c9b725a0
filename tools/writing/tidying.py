"""Tidying what a model wrote: marks of Markdown and HTML, a second greeting, a sentence that was cut off."""

import re
from html import unescape

from tools.writing.figures import SENTENCE_END
from tools.writing.limits import cut_back

_MARKUP = re.compile(r"\*\*|__|^#+ |^\s*(?:[-*\u2022]|\d{1,2}[.)])\s+", re.MULTILINE)
_BREAK = re.compile(r"<br\s*/?>|</p>|</div>|</li>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^>\n]*>|[<>]")
_HASHTAG = re.compile(r"#(\w+)#")
_OUR_NAME = re.compile(
    r"\[\s*(?:your |our |the )?(?:company|brand|business|team|shop|organi[sz]ation)(?: name)?\s*\]", re.IGNORECASE
)
_FIRST_NAME = re.compile(r"\{\{\s*(?:lead\.)?first_?name\s*\}\}", re.IGNORECASE)
_GREETING = re.compile(r"^(?:hi|hey|hello|dear)(?: [^\s,!?]+){0,4}(?:, [^\s,!?]+)?[,!]\s+", re.IGNORECASE)
_SIGNATURE = re.compile(r"\n+(?:best|kind|warm)\b[^\n]{0,20}(?:regards|wishes),?(?:\n.*)?$", re.IGNORECASE | re.DOTALL)
_LAST_SENTENCE = re.compile(r"(?<=[.!?])\s+[^.!?]*$")


def tidy(text: str, signer: str) -> str:
    """Plain text: without Markdown marks, HTML tags and list numbers; "[Company Name]" is `signer`."""
    text = _TAG.sub(" ", _BREAK.sub("\n\n", unescape(text.replace("\\n", "\n"))))
    lines = [" ".join(line.split()) for line in _MARKUP.sub("", text).splitlines()]
    plain = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return _FIRST_NAME.sub("{{ lead.first_name }}", _OUR_NAME.sub(signer, _HASHTAG.sub(r"#\1", plain)))


def letter_body(text: str) -> str:
    """A letter's text without a greeting or signature of its own: the house adds both."""
    body = _SIGNATURE.sub("", _GREETING.sub("", text.strip(), count=1))
    return body[:1].upper() + body[1:]


def without_repeats(text: str, said: set[str]) -> str:
    """The text without the sentences that were `said` before; its own are added to them. Paragraphs stay."""
    paragraphs = []
    for paragraph in text.split("\n"):
        kept = []
        for sentence in SENTENCE_END.split(paragraph):
            if sentence.casefold() not in said:
                kept.append(sentence)
            if sentence:
                said.add(sentence.casefold())
        paragraphs.append(" ".join(kept))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(paragraphs)).strip()


def finished(text: str, longest: int | None) -> str:
    """`text` as it ends: where the grammar cut it off at `longest` characters, without its unfinished sentence."""
    if longest is None or len(text) < longest - 2 or not text or text[-1] in '.!?"\u201d\u2019)':
        return text
    if _LAST_SENTENCE.search(text):
        return _LAST_SENTENCE.sub("", text)
    return cut_back(text.split(" ")[:-1]) + "." if " " in text else text
