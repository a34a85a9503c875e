import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from depotfinity_async.config import REGIONS, Secret, load_settings
from depotfinity_async.errors import ConfigurationError, MissingCredentialsError

ID = {"DEPOTFINITY_CLIENT_ID": "env-id", "DEPOTFINITY_CLIENT_SECRET": "env-secret"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def environment(home: Path, **variables: str) -> dict[str, str]:
    named = {f"DEPOTFINITY_{name.upper()}": value for name, value in variables.items()}
    return {"HOME": str(home), **named}


def profile_file(home: Path, text: str) -> Path:
    file = home / ".config" / "depotfinity" / "config.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def test_defaults(home: Path) -> None:
    settings = load_settings(environ=environment(home), client_id="a", client_secret="b")
    assert (settings.base_url, settings.token_url) == REGIONS["eu"]
    assert settings.client_secret == Secret("b")
    assert (settings.region, settings.timeout, settings.deadline, settings.max_retries) == (
        "eu",
        30.0,
        None,
        4,
    )
    assert settings.max_response_bytes == 64 * 1024 * 1024


def test_argument_before_environment_before_profile_before_default(home: Path) -> None:
    profile_file(
        home,
        """
        [profiles.default]
        client_id = "file-id"
        client_secret = "file-secret"
        user_agent_suffix = "file"
        timeout = 7
        """,
    )
    assert load_settings(environ=environment(home)).client_id == "file-id"
    env = environment(home, client_id="env-id", user_agent_suffix="env")
    settings = load_settings(environ=env, user_agent_suffix="argument")
    assert settings.client_id == "env-id"
    assert settings.client_secret == Secret("file-secret")
    assert settings.user_agent_suffix == "argument"
    assert settings.timeout == 7
    assert settings.max_retries == 4


def test_the_place_of_the_budget_comes_from_the_same_layers(home: Path) -> None:
    profile_file(
        home,
        """
        [profiles.default]
        client_id = "file-id"
        client_secret = "file-secret"
        budget = "host"
        egress = "north"
        command_reserve = 5
        """,
    )
    settings = load_settings(environ=environment(home))
    assert (settings.budget, settings.egress, settings.command_reserve) == ("host", "north", 5)
    env = environment(home, budget="redis://cache", egress="south", on_budget_down="raise", package="Basic")
    settings = load_settings(environ=env)
    assert (settings.budget, settings.egress, settings.on_budget_down) == ("redis://cache", "south", "raise")
    assert settings.package == "Basic"
    assert load_settings(environ=env, package="Premium").package == "Premium"
    env["DEPOTFINITY_MEDIA_TYPE"] = "application/vnd.api+json"
    assert settings.media_type == "application/json"
    assert load_settings(environ=env).media_type == "application/vnd.api+json"
    assert load_settings(environ=env, media_type="application/json").media_type == "application/json"
    assert load_settings(environ=env, budget="process").budget == "process"
    assert load_settings(environ=env, default_budget="host").budget == "redis://cache"
    nowhere = environment(home, client_id="i", client_secret="s", config=str(home / "empty.toml"))
    (home / "empty.toml").touch()
    assert load_settings(environ=nowhere).budget == "process"
    assert load_settings(environ=nowhere, default_budget="host").budget == "host"


def test_empty_texts_count_as_not_given(home: Path) -> None:
    profile_file(home, '[profiles.default]\nclient_id = "file-id"\nclient_secret = ""\nproxy = ""')
    env = environment(
        home, client_id="", client_secret="", client_secret_file="", profile="", config="", region=""
    )
    settings = load_settings(environ=env, client_id="", client_secret=Secret("s"), base_url="", profile="")
    assert (settings.client_id, settings.proxy) == ("file-id", None)
    assert settings.base_url == REGIONS["eu"][0]


def test_without_credentials_all_the_ways_are_listed(home: Path) -> None:
    with pytest.raises(MissingCredentialsError) as caught:
        load_settings(environ=environment(home))
    text = str(caught.value)
    for way in (
        "client_id=",
        "client_secret=",
        "DEPOTFINITY_CLIENT_ID",
        "DEPOTFINITY_CLIENT_SECRET",
        "DEPOTFINITY_CLIENT_SECRET_FILE",
        str(home / ".config" / "depotfinity" / "config.toml"),
    ):
        assert way in text
    assert text.startswith("No client_id and no client_secret found.")
    with pytest.raises(MissingCredentialsError, match=r"^No client_secret found"):
        load_settings(environ=environment(home, client_id="a"))


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_secret_from_a_file_loses_one_line_end(home: Path, ending: str) -> None:
    file = home / "secret"
    file.write_bytes(b" s3cret" + ending.encode())
    settings = load_settings(environ=environment(home, client_id="a", client_secret_file=str(file)))
    assert settings.client_secret == Secret(" s3cret")


def test_the_nearest_secret_wins_whatever_its_form(home: Path) -> None:
    (home / "secret").write_text("from-file")
    profile_file(home, '[profiles.default]\nclient_id = "a"\nclient_secret = "in-profile"')
    env = environment(home, client_secret_file=str(home / "secret"))
    assert load_settings(environ=env).client_secret == Secret("from-file")
    assert load_settings(environ=env, client_secret="x").client_secret == Secret("x")
    # A file that is not needed is not read.
    env = environment(home, client_secret="in-env")
    assert load_settings(environ=env, client_secret_file=None).client_secret == Secret("in-env")
    profile_file(home, '[profiles.default]\nclient_id = "a"\nclient_secret_file = "/nowhere"')
    assert load_settings(environ=env).client_secret == Secret("in-env")


@pytest.mark.parametrize("content", [b"", b"\n", b"CANARY\xff", b"CANARY\nCANARY\n"])
def test_a_bad_secret_file_is_named_and_not_shown(home: Path, content: bytes) -> None:
    file = home / "secret"
    file.write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        load_settings(environ=environment(home, client_id="a", client_secret_file=str(file)))
    assert "CANARY" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_missing_secret_file_is_named(home: Path) -> None:
    with pytest.raises(ConfigurationError, match="/nowhere/secret"):
        load_settings(environ=environment(home), client_id="a", client_secret_file="/nowhere/secret")


def test_profiles_have_names(home: Path) -> None:
    file = profile_file(
        home,
        """
        [profiles.default]
        client_id = "one"
        client_secret = "1"
        [profiles.test]
        client_id = "two"
        client_secret = "2"
        base_url = "http://127.0.0.1:8080/"
        token_url = "http://127.0.0.1:8080/oauth2/token"
        paths = { "transactions.get" = "/v3/transactions/{id}" }
        """,
    )
    assert load_settings(environ=environment(home)).client_id == "one"
    settings = load_settings(environ=environment(home), profile="test")
    assert (settings.client_id, settings.base_url) == ("two", "http://127.0.0.1:8080")
    assert settings.paths == {"transactions.get": "/v3/transactions/{id}"}
    assert load_settings(environ=environment(home, profile="test")).client_id == "two"
    with pytest.raises(ConfigurationError, match="Did you mean 'test'"):
        load_settings(environ=environment(home), profile="tset")
    other = home / "other.toml"
    other.write_text(file.read_text())
    assert load_settings(environ={"DEPOTFINITY_CONFIG": str(other)}).client_id == "one"


def test_xdg_config_home_is_followed(home: Path) -> None:
    folder = home / "xdg" / "depotfinity"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text('[profiles.default]\nclient_id = "x"\nclient_secret = "y"')
    assert load_settings(environ={"HOME": "/nowhere", "XDG_CONFIG_HOME": str(home / "xdg")}).client_id == "x"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[profiles.default]\nclient_idd = 1", "Did you mean 'client_id'"),
        ("[profiles.default]\nzzz = 1", "Unknown key 'zzz'.*Known: client_id"),
        ("[profile.default]\nclient_id = 1", "Did you mean 'profiles'"),
        ("profiles = 3", "must be tables"),
        ("[profiles]\ndefault = 3", "must be a table"),
        ("not toml", "not valid TOML"),
        ("[profiles.default]\nclient_id = 5\nclient_secret = 'x'", "client_id must be a text"),
        ("[profiles.default]\nclient_id = 'a'\nclient_secret = 5", "client_secret must be a text"),
        (
            "[profiles.default]\nclient_id = 'a'\nclient_secret_file = 5",
            "client_secret_file must be the path",
        ),
        ("[profiles.default]\nclient_id = 'a'\nclient_secret = 'x'\ntimeout = 'y'", "timeout must be"),
        ("[profiles.default]\nclient_id = 'a'\nclient_secret = 'x'\nbase_url = 5", "base_url must be a text"),
        ("[profiles.default]\nclient_id = 'a'\nclient_secret = 'x'\npaths = 5", "paths must map"),
        ("[profiles.default]\nclient_id = 'a'\nclient_secret = 'x'\npaths = {a = 1}", "paths must map"),
        (
            "[profiles.default]\nclient_id = 'a'\nclient_secret = 'x'\nregion = ['eu']",
            "region must be a text",
        ),
    ],
)
def test_a_bad_profile_file_is_told_in_words(home: Path, text: str, message: str) -> None:
    profile_file(home, text)
    with pytest.raises(ConfigurationError, match=message):
        load_settings(environ=environment(home))


def test_a_profile_file_that_was_asked_for_must_be_there(home: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"no\.toml does not exist"):
        load_settings(environ=environment(home, config=str(home / "no.toml"), client_id="a"))
    with pytest.raises(ConfigurationError, match="does not exist"):
        load_settings(environ=environment(home), profile="x", client_id="a", client_secret="b")
    with pytest.raises(ConfigurationError, match="can't be read"):
        load_settings(environ=environment(home, config=str(home)))


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"base_url": "https://api.example"}, "token_url"),
        ({"base_url": "https://api.eu.depot.emobility.io.evil.example"}, "token_url"),
        ({"base_url": "https://["}, "token_url"),
        ({"token_url": "https://auth.example/token"}, "base_url"),
        ({"region": "us"}, r"\(eu\)"),
        ({"region": "us", "base_url": "https://api.example"}, "token_url"),
    ],
)
def test_no_address_is_guessed(home: Path, given: dict[str, Any], missing: str) -> None:
    with pytest.raises(ConfigurationError, match=missing):
        load_settings(environ={**environment(home), **ID}, **given)


def test_addresses_that_belong_together(home: Path) -> None:
    env = {**environment(home), **ID}
    own = load_settings(environ=env, base_url=REGIONS["eu"][0] + "/")
    assert (own.base_url, own.token_url) == REGIONS["eu"]
    both = load_settings(
        environ=env, region="us", base_url="https://api.example", token_url="https://auth.example/token"
    )
    assert (both.region, both.base_url) == ("us", "https://api.example")


def test_the_ca_bundle_must_be_a_file(home: Path) -> None:
    env = {**environment(home), **ID}
    (home / "ca.pem").write_text("x")
    assert load_settings(environ=env, ca_bundle=str(home / "ca.pem")).ca_bundle == home / "ca.pem"
    with pytest.raises(ConfigurationError, match="is not a file"):
        load_settings(environ=env, ca_bundle=home / "no.pem")


def test_the_environment_of_the_process_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ID.items():
        monkeypatch.setenv(name, value)
    assert load_settings().client_id == "env-id"


def test_importing_reads_no_file_and_no_environment(tmp_path: Path) -> None:
    code = (
        "import sys, attrs, tomllib, urllib.parse, ipaddress, difflib\n"
        "import depotfinity_async.config as first\n"
        "for name in [n for n in sys.modules if n.startswith('depotfinity_async')]: del sys.modules[name]\n"
        "seen = []\n"
        "sys.addaudithook(lambda event, args: seen.append(str(args[0])) if event == 'open' else None)\n"
        "import depotfinity_async.config\n"
        "assert not [path for path in seen if path.endswith(('.toml', '.pem'))], seen\n"
        "assert 'aiohttp' not in sys.modules and 'asyncio' not in sys.modules\n"
    )
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={**os.environ, "HOME": str(tmp_path)}, timeout=30
    )


def test_what_vehicles_need_comes_from_the_same_layers(home: Path) -> None:
    root = home / "root.pem"
    root.touch()
    profile_file(
        home,
        """
        [profiles.default]
        client_id = "file-id"
        client_secret = "file-secret"
        vehicle_url = "https://file.example/"
        vehicle_ca_bundle = "~/no-such-file.pem"
        count_vehicles = false
        """,
    )
    env = environment(home, vehicle_ca_bundle=str(root))
    settings = load_settings(environ=env)
    assert (settings.vehicle_url, settings.vehicle_ca_bundle) == ("https://file.example", root)
    assert settings.count_vehicles is False
    env["DEPOTFINITY_VEHICLE_URL"] = "https://env.example"
    settings = load_settings(environ=env, count_vehicles=True)
    assert (settings.vehicle_url, settings.count_vehicles) == ("https://env.example", True)
    with pytest.raises(ConfigurationError, match=r"The CA bundle .*no-such-file\.pem is not a file"):
        load_settings(environ=environment(home))
    (home / ".config" / "depotfinity" / "config.toml").unlink()
    settings = load_settings(environ=environment(home), client_id="a", client_secret="b")
    assert (settings.vehicle_url, settings.vehicle_ca_bundle, settings.count_vehicles) == (None, None, True)
