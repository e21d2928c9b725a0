"""The settings: one frozen object, read once, from `HUB_*` variables or the file `hub.toml` in the hub's folder."""

import os
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from platformdirs import user_cache_path, user_data_path
from pydantic import AliasChoices, Field, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from agent.mail_settings import MailSettings
from agent.running_settings import RunningSettings

SETTINGS_FILE = "hub.toml"


def _named(name: str, *others: str) -> AliasChoices:
    """A field that is also known by the variable names its own software uses (DATABASE_URL, OLLAMA_HOST)."""
    return AliasChoices(f"hub_{name}", name, *others)


class Settings(MailSettings, RunningSettings):
    """All settings. Each field is the variable `HUB_<FIELD>`, or `<field>` in `hub.toml`; variables win."""

    model_config = SettingsConfigDict(env_prefix="HUB_", frozen=True, extra="ignore", populate_by_name=True)

    home: Path = Field(
        default_factory=lambda: user_data_path("marketing-hub", appauthor=False),
        description="The folder that holds all data: database, index, conversations, files to import.",
    )
    database_url: str | None = Field(
        default=None,
        validation_alias=_named("database_url"),
        description="A PostgreSQL URL (DATABASE_URL works too); without it, SQLite in the hub's folder.",
    )
    chroma_url: str | None = Field(
        default=None,
        validation_alias=_named("chroma_url"),
        description="A Chroma server's URL (CHROMA_URL works too); without it, an embedded index in the hub's folder.",
    )
    time_zone: str = Field(
        default="", description="The zone in which dates and times are meant; default: the machine's."
    )
    currency: str = Field(default="EUR", description="The currency of all amounts (ISO 4217).")
    country: str | None = Field(default=None, description="Whose public holidays are meant (ISO 3166, such as DE).")
    demo: bool = Field(
        default=False,
        description="Whether the records are those of the made-up company; `serve --demo` says so itself.",
    )
    person: str = Field(default="owner", description="The name under which the command line and the chat page act.")

    ollama_host: str = Field(
        default="http://127.0.0.1:11434",
        validation_alias=_named("ollama_host"),
        description="Where Ollama answers (OLLAMA_HOST works too). If it does, it is used instead of the embedded model.",
    )
    model: str = Field(default="", description="An Ollama chat model; default: qwen3.5:4b, or the embedded model.")
    model_use: Literal["auto", "ollama", "embedded", "none"] = Field(
        default="auto",
        description="auto: Ollama where it answers, else the embedded model, else none; or one of them by name.",
    )
    model_timeout: float = Field(default=60.0, gt=0, description="Seconds after which a call of the model is given up.")
    num_ctx: int = Field(default=8192, ge=2048, description="The model's context window in tokens.")
    keep_alive: str = Field(default="30m", description="How long Ollama keeps the model loaded after a call.")
    model_linger: float = Field(
        default=120.0, ge=0, description="Seconds for which an embedded model nobody uses any more stays loaded."
    )
    embed_model: str = Field(
        default="",
        description="An Ollama embedding model such as nomic-embed-text; default: the embedded WordLlama vectors.",
    )
    model_cache: Path = Field(
        default_factory=lambda: user_cache_path("marketing-hub", appauthor=False) / "models",
        description="Where the embedded model's weights are joined (1.1 GB, once).",
    )

    host: str = Field(default="127.0.0.1", description="The address that `serve` listens on.")
    port: int = Field(default=7860, ge=0, le=65535, description="The port that `serve` listens on.")
    allowed_hosts: tuple[str, ...] = Field(
        default=("127.0.0.1", "localhost", "[::1]"),
        description="Host names under which the pages may be called (a guard against DNS rebinding).",
    )
    import_folders: tuple[Path, ...] = Field(
        default=(), description="Folders from which files may be imported, besides `imports` in the hub's folder."
    )

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value and value not in available_timezones():
            raise ValueError(f"“{value}” is no time zone; write it like Europe/Berlin")
        return value

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:  # fmt: skip
        given: dict[str, Any] = getattr(init_settings, "init_kwargs", {})
        home = given.get("home") or os.environ.get("HUB_HOME") or user_data_path("marketing-hub", appauthor=False)
        file = TomlConfigSettingsSource(settings_cls, Path(home).expanduser() / SETTINGS_FILE)
        return init_settings, env_settings, file

    @cached_property
    def zone(self) -> ZoneInfo:
        """The hub's time zone."""
        return ZoneInfo(self.time_zone or machine_zone())

    @property
    def sql_url(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{self.home / 'hub.sqlite3'}"

    @property
    def chroma(self) -> str | Path:
        """Chroma's URL, or the folder of the embedded index."""
        return self.chroma_url or self.home / "index"

    @property
    def folders_to_import_from(self) -> tuple[Path, ...]:
        return (self.home / "imports", *self.import_folders)


def machine_zone() -> str:
    """The machine's time zone by its IANA name, UTC where it cannot be told."""
    named = os.environ.get("TZ", "").lstrip(":")
    if named in available_timezones():
        return named
    local = Path("/etc/localtime")
    if local.is_symlink():
        name = str(local.resolve()).partition("zoneinfo/")[2]
        if name in available_timezones():
            return name
    return "UTC"
