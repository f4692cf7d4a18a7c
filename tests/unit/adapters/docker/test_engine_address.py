"""Which engine is meant: each row was seen with the real `docker` command, which the engine suite asks again."""

from pathlib import Path

import pytest

from hubctl.adapters.docker.engine_address import DEFAULT_SOCKET, EngineAddress, choose
from hubctl.errors import UnknownContext
from tests.fakes import context

LAB = "tcp://lab.example:2375"
HOST = "tcp://10.0.0.9:2375"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A folder of Docker's with the contexts lab and, current, home."""
    context(tmp_path, "lab", LAB)
    context(tmp_path, "home", "unix:///run/home.sock", is_current=True)
    return tmp_path


@pytest.mark.parametrize(
    ("variables", "option", "url", "name"),
    [
        ({}, None, "unix:///run/home.sock", "home"),
        ({"DOCKER_CONTEXT": "lab"}, None, LAB, "lab"),
        ({"DOCKER_CONTEXT": ""}, None, "unix:///run/home.sock", "home"),
        ({"DOCKER_CONTEXT": "default"}, None, DEFAULT_SOCKET, "default"),
        ({"DOCKER_CONTEXT": "lab", "DOCKER_HOST": HOST}, None, HOST, "default"),
        ({"DOCKER_CONTEXT": "lab", "DOCKER_HOST": ""}, None, LAB, "lab"),
        ({"DOCKER_HOST": HOST}, "lab", LAB, "lab"),
        ({"DOCKER_HOST": HOST}, "default", HOST, "default"),
        ({}, "default", DEFAULT_SOCKET, "default"),
    ],
)
def test_what_goes_before_what(
    config: Path, variables: dict[str, str], option: str | None, url: str, name: str
) -> None:
    found = choose({"DOCKER_CONFIG": str(config), **variables}, option)
    assert (found.url, found.context) == (url, name)


@pytest.mark.parametrize("text", ["{broken", "[]", '{"currentContext": 5}', '{"currentContext": ""}', "{}"])
def test_a_config_file_without_a_current_context_means_the_default(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.json").write_text(text)
    assert choose({"DOCKER_CONFIG": str(tmp_path)}) == EngineAddress(DEFAULT_SOCKET)


def test_contexts_are_found_without_a_config_file_and_in_the_home_folder(tmp_path: Path) -> None:
    context(tmp_path / ".docker", "lab", LAB)
    assert choose({"HOME": str(tmp_path)}, "lab").url == LAB
    assert choose({"HOME": str(tmp_path), "DOCKER_CONFIG": ""}, "lab").url == LAB


@pytest.mark.parametrize("how", ["option", "variable", "config file"])
def test_an_unknown_context_is_an_error_that_lists_the_known_ones(config: Path, how: str) -> None:
    variables = {"DOCKER_CONFIG": str(config)} | ({"DOCKER_CONTEXT": "labb"} if how == "variable" else {})
    if how == "config file":
        (config / "config.json").write_text('{"currentContext": "labb"}')
    with pytest.raises(UnknownContext) as caught:
        choose(variables, "labb" if how == "option" else None)
    assert caught.value.message == "there is no Docker context labb; there are: default, home, lab"


def test_a_damaged_context_is_none(config: Path) -> None:
    for file in config.glob("contexts/meta/*/meta.json"):
        file.write_text("{")
    with pytest.raises(UnknownContext):
        choose({"DOCKER_CONFIG": str(config)}, "lab")


@pytest.mark.parametrize(
    ("host", "url", "machine"),
    [
        ("unix:///run/docker.sock", "unix:///run/docker.sock", None),
        ("unix://", DEFAULT_SOCKET, None),
        ("tcp://127.0.0.1:2375", "tcp://127.0.0.1:2375", None),
        ("tcp://127.1.2.3:2375", "tcp://127.1.2.3:2375", None),
        ("tcp://localhost:2375", "tcp://localhost:2375", None),
        ("tcp://[::1]:2375", "tcp://[::1]:2375", None),
        ("tcp://:2375", "tcp://127.0.0.1:2375", None),
        ("127.0.0.1", "tcp://127.0.0.1:2375", None),
        ("lab", "tcp://lab:2375", "lab"),
        ("tcp://lab", "tcp://lab:2375", "lab"),
        ("tcp://[fd00::7]", "tcp://[fd00::7]:2375", "fd00::7"),
        ("tcp://10.0.0.9:2376", "tcp://10.0.0.9:2376", "10.0.0.9"),
        ("https://lab:2376", "https://lab:2376", "lab"),
        ("ssh://ops@lab", "ssh://ops@lab", "lab"),
        ("ssh://127.0.0.1", "ssh://127.0.0.1", "127.0.0.1"),
        ("tcp://lab:port", "tcp://lab:port", None),
    ],
)
def test_addresses_are_completed_and_tell_whose_engine_it_is(host: str, url: str, machine: str | None) -> None:
    found = choose({"DOCKER_HOST": host})
    assert (found.url, found.machine, str(found)) == (url, machine, url)


def test_certificates_come_from_the_variables_or_from_the_context(config: Path) -> None:
    shell = {"DOCKER_CONFIG": str(config), "DOCKER_HOST": LAB}
    assert choose(shell).certificates is None
    assert choose({**shell, "DOCKER_CERT_PATH": "/certs"}).certificates is None
    by_default = choose({**shell, "DOCKER_TLS": "1"})
    assert (by_default.certificates, by_default.verify) == (config, False)
    named = choose({**shell, "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "/certs"})
    assert (named.certificates, named.verify) == (Path("/certs"), True)
    assert choose(shell, "lab").certificates is None
    (meta,) = (file for file in config.glob("contexts/meta/*/meta.json") if '"lab"' in file.read_text())
    folder = config / "contexts/tls" / meta.parent.name / "docker"
    folder.mkdir(parents=True)
    stored = choose(shell, "lab")
    assert (stored.certificates, stored.verify) == (folder, True)


def test_the_context_is_shown_unless_the_address_was_named(config: Path) -> None:
    shell = {"DOCKER_CONFIG": str(config)}
    assert str(choose(shell, "lab")) == f"{LAB} (context lab)"
    assert str(choose({})) == f"{DEFAULT_SOCKET} (context default)"
    assert str(choose({**shell, "DOCKER_HOST": HOST})) == HOST
