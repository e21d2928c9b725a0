"""What the Leads and Segments pages show beside the tools' results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from memory.leads import Lead
from memory.segments import Segment
from tools.core.errors import NotFound
from tools.importing import previewing
from tools.leading.cards import EventInfo, event_infos
from tools.segmenting import building

if TYPE_CHECKING:
    from tools.core.door import Door


class LeadViews:
    """`hub.views.leads`."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def version(self, lead_id: int) -> int:
        """The version of a lead to save the next change upon. Raises NotFound."""
        with self._door.reading() as ctx:
            found = ctx.session.get(Lead, lead_id)
            if found is None:
                raise NotFound(f"There is no lead #{lead_id}. Perhaps it was deleted.", "lead")
            return found.version

    def events(self, lead_id: int, limit: int = 200) -> Sequence[EventInfo]:
        """The last events of a lead, the newest first."""
        with self._door.reading() as ctx:
            found = ctx.session.get(Lead, lead_id)
            return event_infos(ctx, found, limit) if found is not None else ()

    def import_fields(self) -> tuple[str, ...]:
        """The fields that a column of an import can fill."""
        return previewing.fields()

    def import_files(self) -> tuple[str, ...]:
        """The files in the import folder that can be imported, the newest first."""
        return previewing.files(self._door.import_folders)

    def keep_file(self, name: str, data: bytes) -> str:
        """Put a file into the import folder; returns the name it has there. Raises BadInput, Unavailable."""
        return previewing.keep_file(self._door.import_folders, name, data)

    def import_preview(self, source: str, mapping: dict[str, str] | None = None) -> previewing.ImportPreview:
        """A file before it is imported: columns, matching, first rows, rows that would be refused. Nothing is stored."""
        with self._door.reading() as ctx:
            return previewing.preview(ctx, source, mapping)


class SegmentViews:
    """`hub.views.segments`."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def stored(self, segment_id: int) -> building.StoredSegment:
        """A segment as the builder opens it. Raises NotFound."""
        with self._door.reading() as ctx:
            found = ctx.session.get(Segment, segment_id)
            if found is None:
                raise NotFound(f"There is no segment #{segment_id}. Perhaps it was deleted.", "segment")
            return building.stored(found)

    def from_words(self, words: str) -> building.Built:
        """Conditions in words as a tree, counted, with the first leads. Raises BadInput with what can be said."""
        with self._door.reading() as ctx:
            return building.from_words(ctx, words)

    def from_tree(self, tree: dict[str, Any]) -> building.Built:
        """A condition tree in words, counted, with the first leads. Raises BadInput for one that is not complete."""
        with self._door.reading() as ctx:
            return building.from_tree(ctx, tree)

    def vocabulary(self) -> building.Vocabulary:
        """What conditions can be made of."""
        with self._door.reading() as ctx:
            return building.vocabulary(ctx)
