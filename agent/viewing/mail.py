"""What the Email page shows beside the tools' results: the editor's state, previews, checks, progress, returns."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from memory.mailings import EmailCampaign
from tools.core.errors import NotFound
from tools.mailing import desk
from tools.mailing.figures import MailingFigures, all_figures
from tools.mailing.subjects import PastSubject, past_subjects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from tools.core.door import Door
    from tools.delivering.progress import MailingProgress
    from tools.delivering.setup import MailSetup
    from tools.mailing.lint import Finding


class MailViews:
    """`hub.views.mail`. Each method is one look at the database; none changes anything."""

    def __init__(self, door: Door, setup: MailSetup) -> None:
        self._door = door
        self._setup = setup

    def editor(self, mailing_id: int) -> desk.EditedMailing:
        """A mailing as the editor shows it, with the version to save upon. Raises NotFound."""
        with self._door.reading() as ctx:
            return desk.edited(ctx, _mailing(ctx.session, mailing_id))

    def figures(self) -> dict[int, MailingFigures]:
        """What came of every mailing that has any results, by its id."""
        with self._session() as session:
            return all_figures(session)

    def progress(self, mailing_id: int) -> MailingProgress:
        """How far a mailing is, counted in the ledger; may be asked every few seconds. Raises NotFound."""
        from tools.delivering.progress import progress_of

        with self._session() as session:
            return progress_of(session, _mailing(session, mailing_id))

    def under_way(self) -> list[MailingProgress]:
        """The mailings that are being sent or are paused in the middle."""
        from tools.delivering.progress import progress_of_sending

        with self._session() as session:
            return progress_of_sending(session)

    def returned(self, mailing_id: int, *, limit: int = 50, offset: int = 0) -> Sequence[desk.Returned]:
        """Messages that came back, are in doubt or were held back, the newest first."""
        with self._door.reading() as ctx:
            return desk.returned(ctx, mailing_id, limit, offset)

    def letter(self, **given: Any) -> desk.Letter:
        """A letter as it stands in an editor: subject, preview_text, content, segment_id, campaign_id, recipients."""
        return desk.Letter.model_validate(given)

    def preview(self, letter: desk.Letter, lead: str | None = None) -> desk.Preview:
        """The letter as a lead would read it (without one: the first of its recipients, else any lead).

        Raises BadInput for text that cannot work, NotFound or Ambiguous where the lead is not clear.
        """
        with self._door.reading() as ctx:
            return desk.preview(ctx, letter, lead)

    def check(self, letter: desk.Letter) -> tuple[Finding, ...]:
        """What spam filters and mail programs would hold against the letter, the worst first."""
        with self._door.reading() as ctx:
            return desk.check(ctx, letter, self._setup)

    def past_subjects(self) -> tuple[PastSubject, ...]:
        """Past subject lines with their open rates, best opened first."""
        with self._door.reading() as ctx:
            return past_subjects(ctx)

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with self._door.database.session() as session:
            yield session


def _mailing(session: Session, mailing_id: int) -> EmailCampaign:
    found = session.get(EmailCampaign, mailing_id)
    if found is None:
        raise NotFound(f"There is no mailing #{mailing_id}. Perhaps its address was mistyped.", "email_campaign")
    return found
