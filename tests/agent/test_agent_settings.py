"""Settings: where they come from, which wins, and what is said where one cannot be right."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from agent.settings import Settings, machine_zone


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("HUB_") or name in ("DATABASE_URL", "CHROMA_URL", "OLLAMA_HOST", "HOST", "PORT", "TZ"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HUB_HOME", str(tmp_path))


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_described(name: str) -> None:
    described = Settings.model_fields[name].description
    assert described
    assert described.endswith(".")


def test_the_file_is_read_and_variables_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hub.toml").write_text('currency = "CHF"\nport = 8001\nimport_folders = ["/srv/lists"]\n')
    monkeypatch.setenv("HUB_PORT", "8002")
    settings = Settings()
    assert (settings.home, settings.currency, settings.port) == (tmp_path, "CHF", 8002)
    assert settings.import_folders == (Path("/srv/lists"),)
    assert settings.folders_to_import_from == (tmp_path / "imports", Path("/srv/lists"))
    assert Settings(port=8003).port == 8003


def test_the_file_of_the_folder_that_is_given(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "hub.toml").write_text('person = "Ada"\n')
    assert Settings(home=other).person == "Ada"
    assert Settings().person == "owner"


@pytest.mark.parametrize("name", ["HUB_DATABASE_URL", "DATABASE_URL"])
def test_the_database(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert Settings().sql_url == f"sqlite:///{tmp_path / 'hub.sqlite3'}"
    monkeypatch.setenv(name, "postgresql://db/hub")
    assert Settings().sql_url == "postgresql://db/hub"


@pytest.mark.parametrize("name", ["HUB_OLLAMA_HOST", "OLLAMA_HOST"])
def test_where_ollama_answers(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "gpu:1234")
    assert Settings().ollama_host == "gpu:1234"


def test_the_hubs_own_variable_wins_over_the_common_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody/else")
    monkeypatch.setenv("HUB_DATABASE_URL", "postgresql://db/hub")
    assert Settings().database_url == "postgresql://db/hub"


def test_variables_of_other_programs_mean_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "1")
    monkeypatch.setenv("HOST", "0.0.0.0")
    monkeypatch.setenv("MODEL", "other")
    assert (Settings().port, Settings().host, Settings().model) == (7860, "127.0.0.1", "")


def test_the_index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert Settings().chroma == tmp_path / "index"
    monkeypatch.setenv("CHROMA_URL", "http://chroma:8000")
    assert Settings().chroma == "http://chroma:8000"


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [("HUB_TIME_ZONE", "Berlin", "time_zone"), ("HUB_PORT", "99999", "port"), ("HUB_NUM_CTX", "12", "num_ctx"),
     ("HUB_MODEL_USE", "maybe", "model_use"), ("HUB_MODEL_TIMEOUT", "0", "model_timeout")],
)  # fmt: skip
def test_what_cannot_be_right(name: str, value: str, field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert field in str(refused.value.errors()[0]["loc"][0])


def test_a_zone_that_is_none_says_how_one_is_written() -> None:
    with pytest.raises(ValidationError, match="“Berlin” is no time zone; write it like Europe/Berlin"):
        Settings(time_zone="Berlin")


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1


def test_the_machines_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", ":Asia/Tokyo")
    assert machine_zone() == "Asia/Tokyo"
    assert Settings().zone.key == "Asia/Tokyo"
    assert Settings(time_zone="Europe/Vienna").zone.key == "Europe/Vienna"
