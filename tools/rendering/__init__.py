"""Letters: MJML, HTML or plain text with merge fields, checked when it is saved and filled in for one person.

`check_letter` is for a text that a person or a model saves; `render_letter` fills one in, for a preview and for the
message itself, so that what was shown is what is sent.
"""

from tools.rendering.letter import RenderedLetter, check_letter, readable, render_letter
from tools.rendering.mjml_source import is_mjml

__all__ = ["RenderedLetter", "check_letter", "is_mjml", "readable", "render_letter"]
