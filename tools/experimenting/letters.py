"""What a recipient of a test gets: the mailing's texts with the variant in place. For previews and for delivery."""

from collections.abc import Sequence

from memory.ab_tests import AbTest
from memory.enums import AbElement
from memory.mailings import EmailCampaign


def texts_of(mailing: EmailCampaign, test: AbTest, position: int) -> tuple[str | None, str | None]:
    """Subject line and content of the mailing for the variant at `position`; a test of send times changes neither."""
    text = test.variants[position].text
    if test.element == AbElement.SUBJECT:
        return text, mailing.content
    if test.element == AbElement.CONTENT:
        return mailing.subject_line, content_with(mailing.content, [one.text for one in test.variants], position)
    return mailing.subject_line, mailing.content


def piece_in(content: str | None, texts: Sequence[str]) -> str | None:
    """The variant that stands in the content as a part of it: then the variants are this part, not the whole mail."""
    if not content:
        return None
    found = [text for text in texts if text in content and len(text) < len(content.strip())]
    return max(found, key=len) if found else None


def content_with(content: str | None, texts: Sequence[str], position: int) -> str:
    """The content with the variant at `position`: put in the place of the part that is tested, else the whole text."""
    piece = piece_in(content, texts)
    return texts[position] if piece is None or content is None else content.replace(piece, texts[position])
