"""The catalogue: importing this module declares every tool of every group."""

from tools import analytics, automation, campaigns, content, email, experiments, knowledge, leads, social, templates
from tools.core.declare import Tool, declared_form_tools, declared_tools
from tools.forms import (
    articles,
    campaign_form,
    drafts,
    house_form,
    lead_form,
    mailing_form,
    post_form,
    segment_form,
    template_form,
    undoing,
    workflow_form,
)

GROUPS = (campaigns, content, email, templates, knowledge, leads, social, automation, analytics, experiments)
#: Importing these declares the tools of the pages' forms.
FORMS = (
    campaign_form,
    template_form,
    articles,
    drafts,
    house_form,
    lead_form,
    mailing_form,
    post_form,
    segment_form,
    undoing,
    workflow_form,
)


def all_tools() -> dict[str, Tool]:
    """Every tool, by name, in the order of the groups."""
    order = [group.__name__.split(".")[-1] for group in GROUPS]
    return dict(sorted(declared_tools().items(), key=lambda item: order.index(item[1].group)))


def form_tools() -> dict[str, Tool]:
    """The tools that only the pages' forms call, by name."""
    return declared_form_tools()
