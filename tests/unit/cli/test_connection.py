import argparse
import os
from pathlib import Path

import pytest

from depotfinity_async.cli import main
from depotfinity_async.cli.connection import add_connection_options, bare_client, client_of
from depotfinity_async.config import Settings
from depotfinity_async.ratelimit import Budget


def _settings(*arguments: str) -> Settings:
    parser = argparse.ArgumentParser()
    add_connection_options(parser)
    return client_of(parser.parse_args(arguments))._settings


def test_each_option_is_a_setting(tmp_path: Path) -> None:
    secret, bundle = tmp_path / "secret", tmp_path / "ca.pem"
    secret.write_text("from a file\n")
    bundle.write_text("")
    settings = _settings(
        "--base-url=https://api.example",
        "--token-url=https://token.example/t",
        "--region=us",
        "--client-id=me",
        f"--client-secret-file={secret}",
        "--deadline=5",
        "--proxy=http://proxy.example:3128",
        f"--ca-bundle={bundle}",
        "--budget=redis://cache.example",
        "--egress=north",
    )
    assert settings.base_url == "https://api.example"
    assert settings.token_url == "https://token.example/t"
    assert settings.region == "us"
    assert settings.client_id == "me"
    assert settings.client_secret.reveal() == "from a file"
    assert settings.deadline == 5
    assert settings.proxy == "http://proxy.example:3128"
    assert settings.ca_bundle == bundle
    assert (settings.budget, settings.egress) == ("redis://cache.example", "north")


def test_programs_share_a_budget_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPOTFINITY_CLIENT_ID", "me")
    monkeypatch.setenv("DEPOTFINITY_CLIENT_SECRET", "s")
    assert _settings().budget == "host"
    assert _settings("--budget=process").budget == "process"
    monkeypatch.setenv("DEPOTFINITY_BUDGET", "./file")
    assert _settings().budget == "./file"
    assert _settings("--budget=host").budget == "host"


def test_profile_is_taken_from_the_profile_file(isolated_environment: Path) -> None:
    folder = isolated_environment / ".config" / "depotfinity"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text('[profiles.other]\nclient_id = "o"\nclient_secret = "s"\n')
    assert _settings("--profile=other").client_id == "o"


@pytest.mark.parametrize("command", [("poll", "CP-1"), ("transactions",)])
def test_secret_is_no_option_and_its_text_is_not_repeated(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--proxy=http://me:canary@proxy.example"]) == 2
    assert "canary" not in capsys.readouterr().err
    assert main([*command, "--client-secret=x"]) == 2


def test_settings_of_the_user_do_not_reach_a_bare_client(
    isolated_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = isolated_environment / ".config" / "depotfinity"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("[profiles.default]\nmax_retries = 0\n")
    monkeypatch.setenv("DEPOTFINITY_PROXY", "http://proxy.example")
    monkeypatch.setenv("DEPOTFINITY_PROFILE", "missing")
    before = dict(os.environ)
    client = bare_client(
        client_id="demo",
        client_secret="s",
        base_url="http://127.0.0.1:1",
        token_url="http://127.0.0.1:1/t",
        budget=Budget(),
    )
    assert client._settings.proxy is None
    assert client._settings.max_retries == 4
    assert dict(os.environ) == before
