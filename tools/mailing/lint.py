"""The spam and link check: what mail filters, mail programs and the law would hold against a letter, each with its source.

No kept Python library does this (those for Node lint HTML for mail programs only), so these are own rules. They look
at the letter as it would be sent; nothing is asked of the network. A rule that holds is listed too: what was looked at
is part of the answer.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

from tools import merge
from tools.delivering.setup import NO_WAY_OUT, MailSetup
from tools.rendering import RenderedLetter
from tools.show import count, shorten

Severity = Literal["stops", "harms", "hint", "fine"]
_ORDER: dict[str, int] = {"stops": 0, "harms": 1, "hint": 2, "fine": 3}
#: Gmail shows so much of a message's HTML and hides the rest behind "View entire message".
CLIPPED_AT = 102 * 1024
#: Characters of a subject line that phones show, roughly.
SUBJECT_SHOWN = 60
#: Letters that a line needs before "all capitals" means anything (as SpamAssassin's rule has it).
FEWEST_LETTERS = 10
FEWEST_WORDS = 20
SHORTENERS = frozenset(
    "bit.ly tinyurl.com t.co goo.gl ow.ly is.gd buff.ly rebrand.ly cutt.ly rb.gy tiny.cc lnkd.in".split()
)
_NOWHERE = re.compile(r"(?:^|\.)(?:example\.(?:com|org|net)|test|invalid|localhost|local|example)$")
_OWN = frozenset({"unsubscribe.invalid", "preferences.invalid"})


class Finding(BaseModel):
    """One rule and what it found. `severity`: stops (it cannot be sent so, or nobody could answer for it), harms (filters
    or readers hold it against the mail), hint, fine (nothing found). `why` cites what the rule rests on."""

    model_config = ConfigDict(frozen=True)

    rule: str
    severity: Severity
    said: str
    where: tuple[str, ...] = ()
    why: str


def undelivered(sentence: str) -> Finding:
    """The one finding for a letter that cannot be filled in at all."""
    return Finding(
        rule="Merge fields",
        severity="stops",
        said=sentence,
        why="A mailing whose merge fields cannot be filled in is never sent (the hub refuses to approve it).",
    )


def findings(
    subject: str, preview_text: str, content: str, letter: RenderedLetter, setup: MailSetup
) -> tuple[Finding, ...]:
    """What every rule found in a letter that was filled in, the worst first. `content` is the author's text, with
    merge fields; `letter` the same as one person gets it."""
    page = _Page()
    page.feed(letter.html)
    page.close()
    found = [
        _merge_fields(),
        *_subject(letter.subject),
        _preview(preview_text),
        _text_part(letter.text),
        *_way_out(content, setup),
        *_links(page, setup),
        *_images(page, letter.text),
        _size(letter.html),
    ]
    return tuple(sorted(found, key=lambda one: _ORDER[one.severity]))


def _merge_fields() -> Finding:
    return Finding(
        rule="Merge fields",
        severity="fine",
        said="All merge fields can be filled in.",
        why="A mailing whose merge fields cannot be filled in is never sent (the hub refuses to approve it).",
    )


def _subject(subject: str) -> Iterator[Finding]:
    spam = "Apache SpamAssassin, rule {}"
    rule, why = "Subject line", "RFC 5322, 3.6.5; without one, mail programs show “(no subject)”."
    if not subject.strip():
        yield Finding(rule=rule, severity="stops", said="There is no subject line. Write one.", why=why)
        return
    yield Finding(rule=rule, severity="fine", said="There is a subject line.", why=why)
    letters = [sign for sign in subject if sign.isalpha()]
    capitals = len(letters) >= FEWEST_LETTERS and all(sign.isupper() for sign in letters)
    yield _finding(
        "Capitals", capitals, "harms", "The subject line is written in capitals. Write it as a sentence.",
        "The subject line is not written in capitals.", spam.format("SUBJ_ALL_CAPS"),
    )  # fmt: skip
    shouts = "!!" in subject or ("!" in subject and "?" in subject) or "$$" in subject
    yield _finding(
        "Shouting", shouts, "harms", "The subject line shouts (!!, !? or $$). One mark is enough.",
        "The subject line does not shout.", spam.format("PLING_QUERY"),
    )  # fmt: skip
    reply = re.match(r"\s*(?:re|fwd?|aw|wg)\s*:", subject, re.IGNORECASE) is not None
    yield _finding(
        "False reply", reply, "harms", "The subject line pretends to be an answer or a forward. Take “Re:” or “Fwd:” away.",
        "The subject line does not pretend to be an answer.", "CAN-SPAM Act, 15 U.S.C. 7704(a)(2): no deceptive subject headings; "
        "Google's guidelines for senders say the same.",
    )  # fmt: skip
    yield _finding(
        "Subject length", len(subject) > SUBJECT_SHOWN, "hint",
        f"The subject line has {len(subject)} characters; phones show about {SUBJECT_SHOWN}. Put what matters first.",
        "The subject line is short enough to be seen whole.", "What the inbox lists of common mail programs show.",
    )  # fmt: skip


def _preview(preview_text: str) -> Finding:
    return _finding(
        "Preview text", not preview_text.strip(), "hint",
        "There is no preview text: inboxes show the first words of the mail instead.", "There is a preview text.",
        "What inboxes show behind the subject line.",
    )  # fmt: skip


def _text_part(text: str) -> Finding:
    words = len(re.findall(r"\w+", text.split("\n-- \n")[0]))
    return _finding(
        "Text part", words == 0, "harms",
        "Without its pictures the mail says nothing: its text part is empty. Write a sentence into it.",
        f"The mail has a text part ({count(words, 'word')}), made from its HTML.",
        "RFC 2046, 5.1.4 (multipart/alternative); Apache SpamAssassin, rule MIME_HTML_ONLY.",
    )  # fmt: skip


def _way_out(content: str, setup: MailSetup) -> Iterator[Finding]:
    why = "GDPR, article 7(3) and 21(3); CAN-SPAM Act, 15 U.S.C. 7704(a)(3); Google's and Yahoo's rules for bulk senders (2024)."
    own = any(one.path in ("unsubscribe_url", "preferences_url") for one in merge.fields(content))
    if not setup.tracks and not setup.unsubscribe_email:
        yield Finding(rule="Unsubscribe link", severity="stops", said=f"{NO_WAY_OUT}.", why=why)
    elif own:
        yield Finding(
            rule="Unsubscribe link", severity="fine", said="The mail has its own link to unsubscribe.", why=why
        )
    else:
        yield Finding(
            rule="Unsubscribe link",
            severity="hint",
            said="The text has no link to unsubscribe, so the hub adds a line at its end. Write {{ unsubscribe_url }} where it should be.",
            why=why,
        )
    if setup.tracks or setup.unsubscribe_email:
        yield _finding(
            "One-click unsubscribe", not setup.public_url.startswith("https://"), "hint",
            "Mail programs cannot offer their own unsubscribe button: public_url in the settings does not begin with https://.",
            "Mail programs can offer their own unsubscribe button (List-Unsubscribe-Post).",
            "RFC 8058; asked for by Google and Yahoo of those who send 5,000 mails a day and more.",
        )  # fmt: skip


def _links(page: "_Page", setup: MailSetup) -> Iterator[Finding]:
    nowhere, plain, short, other = [], [], [], []
    for link in page.links:
        host = (urlsplit(link.href).hostname or "").lower() if _splits(link.href) else ""
        if host in _OWN:
            continue
        scheme = link.href.partition(":")[0].lower() if ":" in link.href else ""
        if leads_nowhere(link.href, scheme, host) and not _made_up(host, setup):
            nowhere.append(link.named)
        elif scheme == "http":
            plain.append(link.named)
        if host.removeprefix("www.") in SHORTENERS:
            short.append(link.named)
        if _shows_another(link.label, host):
            other.append(link.named)
    yield _finding(
        "Links that lead nowhere", nowhere, "stops",
        "Readers would be led nowhere: the address is empty, a placeholder, or known only to your own computer.",
        f"{count(len(page.links), 'link').capitalize()} looked at; none leads nowhere (their pages were not asked).",
        "RFC 3986 (a mail has no base address, so only whole addresses work); RFC 2606 and 6761 reserve example.com, .test, localhost.",
    )  # fmt: skip
    yield _finding(
        "Links without https", plain, "harms",
        "An address does not begin with https://. Browsers warn of such pages.",
        "Every link to a page begins with https://.", "RFC 9110, 4.2.2; browsers mark http pages as not secure.",
    )  # fmt: skip
    yield _finding(
        "Shortened links", short, "harms", "Shortened addresses hide where they lead. Write the real ones; the hub counts clicks by itself.",
        "No shortened addresses.", "Apache SpamAssassin's rules for URL shorteners; Spamhaus' advice to senders.",
    )  # fmt: skip
    yield _finding(
        "Links that show another address", other, "harms",
        "A link shows one address and leads to another, as phishing does. Show words instead.",
        "No link shows another address than the one it leads to.",
        "Google's guidelines for senders: links should be visible and easy to understand.",
    )  # fmt: skip


def _images(page: "_Page", text: str) -> Iterator[Finding]:
    bare = [image.named for image in page.images if not image.has_alt]
    yield _finding(
        "Images without a text", bare, "harms",
        "Images have no alt text: people who do not see them, and programs that hide images at first, show nothing. "
        "Write alt=\"…\", or alt=\"\" for decoration.",
        f"{count(len(page.images), 'image').capitalize()}; each says what it shows." if page.images else "There are no images.",
        "WCAG 2.2, success criterion 1.1.1; most mail programs hide images from unknown senders.",
    )  # fmt: skip
    unsafe = [
        image.named
        for image in page.images
        if not image.src.lower().startswith(("https://", "data:", "cid:")) and image.src
    ]
    yield _finding(
        "Images that will not load", unsafe, "harms",
        "Images are not fetched over https:// from a whole address, so mail programs leave them out.",
        "Every image has a whole https:// address." if page.images else "There are no images to load.",
        "RFC 3986; Gmail and Apple Mail fetch images through proxies, over https.",
    )  # fmt: skip
    words = len(re.findall(r"\w+", text.split("\n-- \n")[0]))
    yield _finding(
        "Only images", bool(page.images) and words < FEWEST_WORDS, "harms",
        f"The mail is made of images with only {count(words, 'word')} of text. Filters cannot read it, so they distrust it.",
        "The mail does not consist of images alone.", "Apache SpamAssassin, rules HTML_IMAGE_ONLY_04 to _32.",
    )  # fmt: skip


def _size(html: str) -> Finding:
    size = len(html.encode())
    return _finding(
        "Size", size > CLIPPED_AT, "harms",
        f"The HTML has {size / 1024:,.0f} KB. Gmail cuts mails at {CLIPPED_AT // 1024} KB, and the unsubscribe link with them. Shorten it.",
        f"The HTML has {size / 1024:,.0f} KB; Gmail cuts mails at {CLIPPED_AT // 1024} KB.",
        f"Gmail shows the first {CLIPPED_AT // 1024} KB of a message, then “View entire message”.",
    )  # fmt: skip


def _made_up(host: str, setup: MailSetup) -> bool:
    """Whether a host is that of a house which is made up itself: it sends from a name under .example, which nobody can
    own (RFC 2606), so its mail goes to nobody either."""
    own = setup.domain
    return own.endswith(".example") and (host == own or host.endswith(f".{own}"))


def leads_nowhere(href: str, scheme: str, host: str) -> bool:
    """Whether a link's address cannot work in somebody else's mail program."""
    if scheme in ("mailto", "tel", "sms"):
        return not href.partition(":")[2].strip()
    if scheme not in ("http", "https"):
        return True
    if not host or _NOWHERE.search(host):
        return True
    try:
        return not ip_address(host).is_global
    except ValueError:
        return "." not in host


def _finding(rule: str, found: bool | list[str], severity: Severity, bad: str, good: str, why: str) -> Finding:
    where = tuple(dict.fromkeys(found))[:10] if isinstance(found, list) else ()
    return Finding(rule=rule, severity=severity if found else "fine", said=bad if found else good, where=where, why=why)


def _shows_another(label: str, host: str) -> bool:
    shown = re.fullmatch(r"(?:https?://)?((?:[\w-]+\.)+[a-z]{2,})(?:/\S*)?", label.strip(), re.IGNORECASE)
    if shown is None or not host:
        return False
    return _registered(shown[1].lower()) != _registered(host)


def _registered(host: str) -> str:
    return ".".join(host.removeprefix("www.").split(".")[-2:])


def _splits(href: str) -> bool:
    try:
        return urlsplit(href).hostname is not None
    except ValueError:
        return False


@dataclass
class _Link:
    href: str
    label: str = ""

    @property
    def named(self) -> str:
        label = " ".join(self.label.split())
        return f"{shorten(label, 40) or '(no text)'} → {shorten(self.href, 80) or '(empty)'}"


@dataclass(frozen=True)
class _Image:
    src: str
    has_alt: bool

    @property
    def named(self) -> str:
        return shorten(self.src, 80) or "(no address)"


class _Page(HTMLParser):
    """The links and images of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[_Link] = []
        self.images: list[_Image] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: Iterable[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(_Link(given["href"].strip()))
            self._open = True
        elif tag == "img":
            self.images.append(_Image(given.get("src", "").strip(), "alt" in given))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._open = False

    def handle_data(self, data: str) -> None:
        if self._open and self.links:
            self.links[-1].label += data
