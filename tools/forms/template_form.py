"""The template form: a template's name, kind and text as they were seen and edited."""

from datetime import UTC

from sqlalchemy.orm.attributes import flag_modified

from memory.enums import TemplateKind
from tools.core.context import Context
from tools.core.declare import tool
from tools.core.kinds import Name, Prose, TemplateRef
from tools.forms.seen import check_seen
from tools.templates import TemplateSaved, card_of, check_name, checked_content, the_template

#: The tools that change a template.
CHANGING = ("save_template", "edit_template", "generate_email_template")


@tool(effect="write", route="PUT /templates/{template}", form=True)
def edit_template(
    ctx: Context,
    template: TemplateRef,
    version: int,
    name: Name,
    content: Prose,
    kind: TemplateKind = TemplateKind.EMAIL,
) -> TemplateSaved:
    """Store a template's whole form. Merge fields such as {{ lead.first_name }} are checked.

    Args:
        template: The template, by its id.
        version: The version that the form was filled from.
        name: What the template is called; no other template may have the name.
        content: The text, with Liquid merge fields; HTML in an email template is cleaned.
        kind: What the text is for.
    """
    found = the_template(ctx, template)
    check_seen(ctx, found, version, found.name, CHANGING, found.id)
    name = check_name(ctx.session, name, besides=found.id)
    content, notes = checked_content(content, kind)
    if (name, content, kind) != (found.name, found.content, found.kind):
        found.name, found.content, found.kind = name, content, kind
        found.updated_at = ctx.now.astimezone(UTC)
        flag_modified(found, "updated_at")
        ctx.session.flush()
    return TemplateSaved(**card_of(found), notes=notes)
