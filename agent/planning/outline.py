"""A plan in words: what a person sees before its steps are carried out, and when one of them asks something first."""

from collections.abc import Sequence

from tools.quoting import inert


def outline(name: str, steps: Sequence[str]) -> str:
    """The plan as a numbered list."""
    listed = "\n".join(f"{number}. {inert(step)}" for number, step in enumerate(steps, 1))
    return f"**{inert(name)}**, in {len(steps)} steps:\n\n{listed}"


def follows(steps: Sequence[str]) -> str:
    """What comes after a step that asks something first."""
    if not steps:
        return ""
    listed = "; ".join(inert(step) for step in steps)
    return f"After that {'one more step follows' if len(steps) == 1 else f'{len(steps)} more steps follow'}: {listed}."
