import os
import subprocess
import sys
from pathlib import Path

import pytest

from backend.core.settings import SettingsError, read

KEY = "k" * 32


@pytest.fixture
def given(tmp_path):
    return {"LIANXIN_DATA": str(tmp_path)}


def test_a_bare_environment_is_enough_and_gives_numbers_and_paths_not_text(given, tmp_path):
    settings = read(given)

    assert (settings.port, settings.pool_acquire_timeout_s, settings.lianxin_data) == (8000, 5.0, tmp_path)
    assert settings.storage == f"file://{tmp_path / 'objects'}"


def test_what_the_environment_says_is_taken_in_its_type(given):
    settings = read({**given, "PORT": "9000", "POOL_ACQUIRE_TIMEOUT_S": "0.5", "STORAGE_URL": "s3://county/photos"})

    assert (settings.port, settings.pool_acquire_timeout_s, settings.storage) == (9000, 0.5, "s3://county/photos")


def test_an_empty_variable_counts_as_absent(given):
    assert read({**given, "PORT": ""}).port == 8000


@pytest.mark.parametrize(
    ("variable", "value"), [("PORT", "eighty"), ("PORT", "70000"), ("POOL_SIZE", "0"), ("POOL_ACQUIRE_TIMEOUT_S", "-1")]
)
def test_a_value_that_cannot_be_is_refused_by_its_name(given, variable, value):
    with pytest.raises(SettingsError, match=f"{variable}='{value}' cannot be used"):
        read({**given, variable: value})


def test_a_key_too_short_to_protect_anything_is_refused_without_being_shown(given):
    with pytest.raises(SettingsError, match="FIELD_KEY") as refusal:
        read({**given, "FIELD_KEY": "letmein"})

    assert "letmein" not in str(refusal.value)


def test_keys_nobody_gave_are_made_once_kept_private_and_found_again(given, tmp_path):
    first = read(given)

    assert len({first.secret_key, first.field_key, first.index_key}) == 3
    assert read(given) == first
    for name in ("secret_key", "field_key", "index_key"):
        assert (tmp_path / "secrets" / name).stat().st_mode & 0o777 == 0o600
    assert sorted(os.listdir(tmp_path / "secrets")) == ["field_key", "index_key", "secret_key"]


def test_eight_processes_starting_at_once_agree_on_one_key(tmp_path):
    script = "from backend.core.settings import settings; print(settings().field_key)"
    environment = {**os.environ, "LIANXIN_DATA": str(tmp_path)}
    started = [
        subprocess.Popen([sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    keys = {process.communicate(timeout=60)[0].strip() for process in started}

    assert len(keys) == 1
    assert len(keys.pop()) == 64


def test_a_secret_may_come_from_a_file(given, tmp_path):
    (tmp_path / "url").write_text("postgresql://county:pw@db/county\n")
    (tmp_path / "key").write_text(KEY)
    settings = read({**given, "DATABASE_URL_FILE": str(tmp_path / "url"), "FIELD_KEY_FILE": str(tmp_path / "key")})

    assert settings.database_url == "postgresql://county:pw@db/county"
    assert settings.field_key == KEY
    assert not (tmp_path / "secrets" / "field_key").exists()


def test_a_secret_given_twice_is_refused_rather_than_guessed(given, tmp_path):
    (tmp_path / "key").write_text(KEY)

    with pytest.raises(SettingsError, match="SECRET_KEY and SECRET_KEY_FILE"):
        read({**given, "SECRET_KEY": KEY, "SECRET_KEY_FILE": str(tmp_path / "key")})


@pytest.mark.parametrize("content", [None, "", " \n", b"\xff\xfe"])
def test_a_secret_file_that_is_missing_empty_or_not_text_stops_the_start(given, tmp_path, content):
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    with pytest.raises(SettingsError, match="SECRET_KEY_FILE"):
        read({**given, "SECRET_KEY_FILE": str(path)})


def test_a_relative_data_folder_gives_an_absolute_address_for_files(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    assert read({"LIANXIN_DATA": "data"}).storage == f"file://{Path(tmp_path).resolve()}/data/objects"
