"""The house: what every process of the hub has, also one that only carries out: settings, database, index, mail, the door."""

from typing import TYPE_CHECKING

from memory.database import Database
from memory.index import Embedder, SearchIndex, WordLlamaEmbedder
from tools.catalogue import all_tools, form_tools
from tools.core.context import Clock, MailLimits, SystemClock
from tools.core.door import Door

if TYPE_CHECKING:
    from agent.settings import Settings


class House:
    """Opened by its settings; close it at the end. Safe to use from many threads."""

    def __init__(self, settings: "Settings", *, clock: Clock | None = None) -> None:
        self.settings = settings
        settings.home.mkdir(parents=True, exist_ok=True)
        self.database = Database.open(settings.sql_url)
        self.index = build_index(settings, self.database)
        self.mail = settings.mail_setup(settings.home)
        self.door = Door(
            all_tools(),
            self.database,
            self.index,
            clock or SystemClock(settings.zone),
            currency=settings.currency,
            country=settings.country,
            import_folders=settings.folders_to_import_from,
            mail_server=settings.smtp_url,
            mail_obstacle=self.mail.obstacle(),
            mail_limits=MailLimits(self.mail.topics, self.mail.cap, self.mail.cap_days),
            files=settings.home,
            form_tools=form_tools(),
        )

    def close(self) -> None:
        """Write what waits to be written, and let go of the database."""
        try:
            self.door.reads.flush()
        finally:
            self.database.close()


def build_index(settings: "Settings", database: Database) -> SearchIndex:
    """The search index, with Ollama's embeddings where one is named, else the embedded word vectors."""
    embedder: Embedder = WordLlamaEmbedder()
    if settings.embed_model:
        from agent.models.embedding import OllamaEmbedder

        embedder = OllamaEmbedder(settings.ollama_host, settings.embed_model)
    return SearchIndex(database, settings.chroma, embedder)
