"""What a page says when there is nothing to show: while it loads, when there is nothing yet, when something failed,
when there is no model. Each is a sentence that says what to do."""

from __future__ import annotations

from markupsafe import Markup

from ui.web.model_watch import ModelState
from ui.web.parts.links import link


def loading(sentence: str = "Loading …") -> Markup:
    """What stands there until the page's data have come; the initial value of a page's `html()` parts."""
    return Markup('<p class="state loading" role="status">{}</p>').format(sentence)


def empty(title: str, sentence: str, *links: tuple[str, str]) -> Markup:
    """Nothing yet: what it is that is missing, what to do, and links (text, address) that do it."""
    ways = Markup(" ").join(link(text, href, css="button") for text, href in links)
    return Markup('<div class="state empty"><p class="title">{}</p><p>{}</p>{}</div>').format(
        title, sentence, Markup('<p class="ways">{}</p>').format(ways) if links else ""
    )


def problem(sentence: str, *links: tuple[str, str]) -> Markup:
    """Something did not work: the error's own sentence (`HubError.sentence`), and links out of it."""
    ways = Markup(" ").join(link(text, href, css="button") for text, href in links)
    return Markup('<div class="state problem" role="alert"><p>{}</p>{}</div>').format(
        sentence, Markup('<p class="ways">{}</p>').format(ways) if links else ""
    )


def no_model(model: ModelState, what: str = "Drafts are filled from templates") -> Markup:
    """Beside whatever a model would write: why none does, and what happens instead; empty when one runs."""
    if model.state == "running":
        return Markup("")
    why = {
        "starting": f"The model is still starting; until it runs, {what[:1].lower()}{what[1:]}.",
        "off": f"The model is switched off (HUB_MODEL_USE=none). {what}.",
        "missing": f"No model is running. {what}.",
    }[model.state]
    ways = "" if model.state == "starting" else link("Models in the settings", "/settings#models")
    return Markup('<p class="state no-model" role="status">{} {}</p>').format(why, ways)
