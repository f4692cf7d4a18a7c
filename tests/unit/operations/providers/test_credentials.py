"""The keys that a hub's files give its services."""

import time
from pathlib import Path

import pytest

from hubctl.core.compose import layout
from hubctl.core.compose.layout import Service
from hubctl.errors import BadFile
from hubctl.operations.providers import credentials
from hubctl.operations.providers.credentials import Credentials

NOTHING = Credentials(None, None)


def service(folder: Path, **fields: object) -> Service:
    """The service `litellm` of a compose file with these fields."""
    data = {"services": {"litellm": {"image": "litellm", **fields}}}
    built = layout.build(data, root=folder, files=(folder / "compose.yml",), variables={})
    return built.services[0]


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_later_env_files_win_and_entries_of_the_compose_file_win_over_all(tmp_path: Path) -> None:
    write(tmp_path / "one.env", "A=1\nB=1\nC=1\n")
    write(tmp_path / "two.env", "B=2\nC=2\n")
    found = service(tmp_path, env_file=["one.env", "two.env"], environment={"C": "3"})
    assert credentials.service_environment(found, {}) == {"A": "1", "B": "2", "C": "3"}


def test_an_entry_without_a_value_takes_the_shells_or_is_left_out(tmp_path: Path) -> None:
    found = service(tmp_path, environment=["FROM_SHELL", "NOWHERE", "EMPTY="])
    assert credentials.service_environment(found, {"FROM_SHELL": "x"}) == {"FROM_SHELL": "x", "EMPTY": ""}


def test_an_env_file_may_name_variables_of_the_one_before_it(tmp_path: Path) -> None:
    write(tmp_path / "one.env", "A=1\n")
    write(tmp_path / "two.env", "B=${A}-${SHELL_SAYS}\n")
    found = service(tmp_path, env_file=["one.env", "two.env"])
    assert credentials.service_environment(found, {"SHELL_SAYS": "2"}) == {"A": "1", "B": "1-2"}


def test_a_missing_env_file_is_an_error_for_starting_and_nothing_for_looking(tmp_path: Path) -> None:
    found = service(tmp_path, env_file="gone.env", environment={"A": "1"})
    with pytest.raises(BadFile, match=r"gone.env is missing"):
        credentials.service_environment(found, {})
    assert credentials.lenient_environment(found, {}) == {}


def test_a_missing_env_file_that_is_not_required_is_passed_over(tmp_path: Path) -> None:
    found = service(tmp_path, env_file=[{"path": "gone.env", "required": False}], environment={"A": "1"})
    assert credentials.service_environment(found, {}) == {"A": "1"}


@pytest.mark.parametrize(
    ("config", "environment", "key"),
    [
        ("general_settings: {master_key: sk-1}", {}, "sk-1"),
        ("general_settings: {master_key: os.environ/MY_KEY}", {"MY_KEY": "sk-2"}, "sk-2"),
        ("general_settings: {master_key: os.environ/MY_KEY}", {"LITELLM_MASTER_KEY": "sk-3"}, "sk-3"),
        ("general_settings: {master_key: sk-1}", {"LITELLM_MASTER_KEY": "sk-3"}, "sk-1"),
        ("general_settings: {}", {"LITELLM_MASTER_KEY": "sk-3"}, "sk-3"),
        ("general_settings: [master_key]", {"LITELLM_MASTER_KEY": "sk-3"}, "sk-3"),
        ("general_settings: {master_key: 5}", {}, None),
        ("general_settings: {master_key: os.environ/MY_KEY}", {}, None),
        ("{}", {}, None),
    ],
)
def test_the_gateways_key_is_the_one_that_litellm_would_use(
    tmp_path: Path, config: str, environment: dict[str, str], key: str | None
) -> None:
    assert credentials.read(write(tmp_path / "c.yaml", config), environment).gateway_key == key


CACHE = "litellm_settings: {{cache_params: {{{}}}}}"


@pytest.mark.parametrize(
    ("params", "environment", "login"),
    [
        ("password: p1", {}, (None, "p1")),
        ("password: os.environ/REDIS_PASSWORD", {"REDIS_PASSWORD": "p2"}, (None, "p2")),
        ("", {"REDIS_PASSWORD": "p3", "REDIS_USERNAME": "me"}, ("me", "p3")),
        ("", {"REDIS_URL": "redis://:p%404@redis:6379/0"}, (None, "p@4")),
        ("", {"REDIS_URL": "redis://m%65:p5@redis:6379"}, ("me", "p5")),
        ("", {"REDIS_URL": "redis://redis:6379"}, (None, None)),
        ("", {"REDIS_URL": "redis://[not-an-address"}, (None, None)),
        ("", {"REDIS_URL": ""}, (None, None)),
        ("password: p1", {"REDIS_PASSWORD": "p2"}, (None, "p1")),
        ("", {"REDIS_PASSWORD": "p2", "REDIS_URL": "redis://:p3@redis"}, (None, "p2")),
    ],
)
def test_the_caches_login_comes_from_config_variables_or_url(
    tmp_path: Path, params: str, environment: dict[str, str], login: tuple[str | None, str | None]
) -> None:
    found = credentials.read(write(tmp_path / "c.yaml", CACHE.format(params)), environment)
    assert (found.cache_user, found.cache_password) == login


@pytest.mark.parametrize("text", ["a: [", "- a\n", ""])
def test_a_config_that_cannot_be_read_gives_nothing_here(tmp_path: Path, text: str) -> None:
    assert credentials.read(write(tmp_path / "c.yaml", text), {}) == NOTHING
    assert credentials.read(tmp_path / "gone.yaml", {}) == NOTHING
    assert credentials.read(None, {"LITELLM_MASTER_KEY": "sk-3"}).gateway_key == "sk-3"


def test_secrets_are_in_no_repr() -> None:
    assert "secret" not in repr(Credentials("sk-secret", "secret", "me"))


def test_keys_that_take_too_long_to_read_are_none_and_a_note_says_so() -> None:
    def slow() -> Credentials:
        time.sleep(1)
        return Credentials("key", None)

    assert credentials.within(0.1, slow) == (
        NOTHING,
        ("keys not read from the hub's files within 0.1 s: services are asked without them",),
    )
    assert credentials.within(10, lambda: NOTHING) == (NOTHING, ())
