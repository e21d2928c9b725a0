"""The strip above the conversation: how the model is, where that matters to the person."""

from html import escape

from ui.web.model_watch import ModelState

STILL_WORKS = "Slash commands (type <kbd>/help</kbd>) and sentences like the examples still work; drafts are filled from templates."


def banner(model: ModelState) -> str:
    """HTML; empty when the model runs."""
    if model.state == "running":
        return ""
    if model.state == "starting":
        share = "" if model.share is None else f' value="{model.share:.3f}"'
        return (
            f'<div class="banner starting" role="status"><span>{escape(model.text)}</span>'
            f'<progress max="1"{share} aria-label="The model’s start"></progress></div>'
        )
    if model.state == "off":
        return f'<div class="banner off" role="status"><p>The model is switched off. {STILL_WORKS}</p></div>'
    why = escape(model.health.problem or model.health.summary) if model.health else "No model is running."
    fix = f" <b>{escape(model.health.fix)}</b>" if model.health and model.health.fix else ""
    return f'<div class="banner missing" role="status"><p>{why}{fix}</p><p>{STILL_WORKS}</p></div>'


def notice(sentence: str | None) -> str:
    """HTML: one sentence about what just did not work."""
    return f'<div class="notice" role="alert">{escape(sentence)}</div>' if sentence else ""
