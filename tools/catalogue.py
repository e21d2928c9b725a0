"""The catalogue: importing this module declares every tool of every group."""

from tools import analytics, automation, campaigns, content, email, experiments, knowledge, leads, social, templates
from tools.core.declare import Tool, declared_tools

GROUPS = (campaigns, content, email, templates, knowledge, leads, social, automation, analytics, experiments)


def all_tools() -> dict[str, Tool]:
    """Every tool, by name, in the order of the groups."""
    order = [group.__name__.split(".")[-1] for group in GROUPS]
    return dict(sorted(declared_tools().items(), key=lambda item: order.index(item[1].group)))
