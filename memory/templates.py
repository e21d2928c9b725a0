"""Templates: the record and its queries."""

from collections.abc import Sequence

from sqlalchemy import String, Text, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base, Versioned, enum_column
from memory.enums import TemplateKind


class Template(Versioned, Base):
    """A reusable text with Liquid merge fields (`{{ lead.first_name }}`)."""

    __tablename__ = "templates"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    kind: Mapped[TemplateKind] = mapped_column(enum_column(TemplateKind), default=TemplateKind.EMAIL)
    content: Mapped[str] = mapped_column(Text)
    ai_generated: Mapped[bool] = mapped_column(default=False)


def template_named(session: Session, name: str) -> Template | None:
    """The template of exactly this name (without case), if there is one."""
    return session.scalars(select(Template).where(func.lower(Template.name) == name.strip().lower())).first()


def template_names(session: Session) -> list[tuple[int, str, TemplateKind]]:
    """(id, name, kind) of every template, by name."""
    rows = session.execute(select(Template.id, Template.name, Template.kind).order_by(Template.name))
    return [(one, name, kind) for one, name, kind in rows]


def list_templates(
    session: Session, *, kind: TemplateKind | None = None, query: str | None = None
) -> Sequence[Template]:
    """Templates that fit all filters, by name. `query` looks into name and content."""
    statement = select(Template).order_by(Template.name)
    if kind:
        statement = statement.where(Template.kind == kind)
    if query:
        found = (column.icontains(query, autoescape=True) for column in (Template.name, Template.content))
        statement = statement.where(or_(*found))
    return session.scalars(statement).all()
