"""How long a text message is: characters, alphabet and segments, as the networks count them."""

import re
from dataclasses import dataclass

#: The GSM 7-bit default alphabet and its extension table (an escape, so two characters each): 3GPP TS 23.038, 6.2.1.
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = frozenset("\f^{}\\[~]|€")

#: Units in one message, and in each part of a longer one (its header takes the rest): 3GPP TS 23.040, 9.2.3.24.
SINGLE = {"GSM-7": 160, "UCS-2": 70}
PART = {"GSM-7": 153, "UCS-2": 67}

#: Typographic characters outside the GSM alphabet, and what says the same inside it.
_PLAIN = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u2013": "-",
        "\u2014": "-", "\u2026": "...", "\u00a0": " ", "\u2022": "-", "\u2011": "-", "`": "'", "\t": " ",
    }
)  # fmt: skip

#: Emoji, arrows and other pictures, and the signs that join or colour them.
_PICTURE = re.compile("[\u2190-\u2bff\u200d\u20e3\ufe0f\U0001f000-\U0001faff]+")


@dataclass(frozen=True)
class SmsLength:
    """`characters` in units of the encoding (septets, or UTF-16 code units), and the `segments` that are paid for."""

    encoding: str
    characters: int
    segments: int

    @property
    def limit(self) -> int:
        """What fits one segment."""
        return SINGLE[self.encoding]


def plain(text: str) -> str:
    """Typographic quotes, dashes and dots as their GSM counterparts: one of them would cut the length to 70."""
    return text.translate(_PLAIN)


def without_pictures(text: str) -> str:
    """The text without emoji: each would make the message UCS-2."""
    return " ".join(_PICTURE.sub(" ", text).split())


def sms_length(text: str) -> SmsLength:
    """The length of a message; one character outside the GSM alphabet makes the whole message UCS-2."""
    gsm = all(character in GSM or character in GSM_EXTENSION for character in text)
    encoding = "GSM-7" if gsm else "UCS-2"
    units = [_units(character, gsm) for character in text]
    total = sum(units)
    if total <= SINGLE[encoding]:
        return SmsLength(encoding, total, 1 if text else 0)
    segments, used = 1, 0
    for size in units:  # an escaped character or a surrogate pair is never cut in two by a segment's end
        if used + size > PART[encoding]:
            segments, used = segments + 1, 0
        used += size
    return SmsLength(encoding, total, segments)


def _units(character: str, gsm: bool) -> int:
    if gsm:
        return 2 if character in GSM_EXTENSION else 1
    return len(character.encode("utf-16-le")) // 2
