"""What the pages of campaigns, templates, content and knowledge show beside the tools' results.

No record is changed here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from memory.enums import KnowledgeKind, TemplateKind
from tools.campaigning.related import CampaignRelated, related
from tools.core.errors import HubError
from tools.knowing import shelf as shelves
from tools.knowing.keeping import keep_file
from tools.mailing import template_preview as previewing
from tools.writing import desk

if TYPE_CHECKING:
    from tools.core.door import Door


class CampaignViews:
    """`hub.views.campaigns`."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def related(self, campaign_id: int) -> CampaignRelated:
        """A campaign's mailings, posts, workflows, tests and drafts, and its timeline. Raises NotFound."""
        with self._door.reading() as ctx:
            return related(ctx, campaign_id)


class TemplateViews:
    """`hub.views.templates`."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def preview(self, content: str, kind: str, reader: str | None = None) -> previewing.TemplatePreview:
        """A text as one lead would read it, or each broken merge field by name; what stands against the reader (nobody
        or several of this name) is told among the problems."""
        with self._door.reading() as ctx:
            try:
                return previewing.template_preview(ctx, content, TemplateKind(kind), reader)
            except HubError as error:
                return previewing.TemplatePreview(problems=(error.sentence,))

    def fields(self) -> tuple[str, ...]:
        """The merge fields that the hub can fill in any template, as paths."""
        return previewing.fields_on_offer()


class StudioViews:
    """`hub.views.studio`."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def drafts(self, kind: str | None = None, *, discarded: bool = False) -> tuple[desk.DraftShown, ...]:
        """What was written (email, sms, call_script, ad, or all), kept ones first; or what was put aside."""
        with self._door.reading() as ctx:
            return desk.drafts(ctx, kind, discarded=discarded)

    def draft(self, draft_id: int) -> desk.DraftShown:
        """One draft. Raises NotFound."""
        with self._door.reading() as ctx:
            return desk.draft(ctx, draft_id)

    def voice(self) -> desk.Voice:
        """The house's name and brand voice as they are now."""
        with self._door.reading() as ctx:
            return desk.voice(ctx)

    def plain_text(self, kind: str, body: dict[str, Any]) -> str:
        """A draft's parts as one text, as a template would hold it."""
        return desk.plain_text(kind, body)


class KnowledgeViews:
    """`hub.views.knowledge`."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def shelf(
        self, kind: str | None = None, query: str | None = None, order: str = "newest", offset: int = 0, limit: int = 50
    ) -> shelves.Shelf:
        """A part of the articles and tickets whose title or text holds the words; order: newest, oldest or title."""
        if order not in ("newest", "oldest", "title"):
            order = "newest"
        with self._door.reading() as ctx:
            wanted = KnowledgeKind(kind) if kind in ("article", "ticket") else None
            return shelves.shelf(ctx, wanted, query, order, offset, limit)  # type: ignore[arg-type]

    def item(self, item_id: int) -> shelves.ItemShown:
        """An article or ticket whole, with its version and what used it. Raises NotFound."""
        self._door.reads.flush()  # the searches of the last second count as uses, too
        with self._door.reading() as ctx:
            return shelves.shown(ctx, item_id)

    def keep_file(self, name: str, data: bytes) -> str:
        """Put a file into the import folder; the name to import it by. Raises BadInput, Unavailable."""
        return keep_file(self._door.import_folders, name, data)
