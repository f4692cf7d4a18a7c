"""Which hub a command works on, and what it learns from the hub's files."""

from pathlib import Path

import pytest

from hubctl.core.compose.stack import Address
from hubctl.errors import AmbiguousService, BadFile, HubNotFound, UnknownService
from hubctl.hub import Hub
from hubctl.operations.stack.init import init
from hubctl.output import Output
from hubctl.runtimes import Runtime
from hubctl.runtimes.compose.runtime import ComposeRuntime
from hubctl.settings import Settings
from tests.conftest import NO_ENGINE
from tests.fakes import FakeRuntime, run_of, well

SILENT = Output(as_json=True, color=False)
TWO_GATEWAYS = """\
services:
  one: {image: litellm/litellm, ports: ["4000:4000"]}
  two: {image: litellm/litellm, ports: ["4001:4000"]}
"""


def hub(cwd: Path, named: Path | None = None, runtime: Runtime | None = None, **environment: str) -> Hub:
    shell = {"DOCKER_HOST": NO_ENGINE, **environment}
    return Hub(Settings(cwd, shell), SILENT, folder=named, runtime=runtime)


@pytest.mark.parametrize("below", ["", "env", "conf/litellm", "conf/a/b/c/d"])
def test_the_nearest_folder_upwards_with_a_hub_is_it(hub_folder: Path, below: str) -> None:
    (hub_folder / below).mkdir(parents=True, exist_ok=True)
    assert hub(hub_folder / below).root == hub_folder


def test_a_hub_inside_another_hubs_folder_is_the_nearer_one(hub_folder: Path) -> None:
    inner = init(hub_folder / "inner").root
    assert hub(inner / "env").root == inner


def test_a_compose_file_without_a_gateway_is_passed_on_the_way_up(hub_folder: Path) -> None:
    (hub_folder / "other").mkdir()
    (hub_folder / "other/compose.yml").write_text("services: {db: {image: postgres}}\n")
    assert hub(hub_folder / "other").root == hub_folder


def test_without_a_hub_one_message_says_where_was_looked_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(HubNotFound) as caught:
        _ = hub(tmp_path).layout
    assert caught.value.message == (f"no hub in {tmp_path} or above: no compose file there has a LiteLLM service")
    assert caught.value.hint == "`hubctl init my-hub` makes one; `--hub DIR` names one"


@pytest.mark.parametrize("named", ["hub", "./hub", "hub/compose.local.yml", "../{}/hub"])
def test_a_folder_or_a_compose_file_can_be_named_from_where_one_is(hub_folder: Path, named: str) -> None:
    cwd = hub_folder.parent
    named = named.format(cwd.name)
    assert hub(cwd, Path(named)).root.resolve() == hub_folder
    assert hub(cwd, HUBCTL_HUB=named).root.resolve() == hub_folder


def test_an_absolute_path_is_taken_as_it_is(hub_folder: Path) -> None:
    assert hub(Path("/"), hub_folder).root == hub_folder
    assert hub(Path("/"), HUBCTL_HUB=str(hub_folder)).root == hub_folder


def test_the_option_wins_over_the_variable_and_the_variable_over_the_search(hub_folder: Path, tmp_path: Path) -> None:
    second, third = init(tmp_path / "second").root, init(tmp_path / "third").root
    assert hub(hub_folder, second, HUBCTL_HUB=str(third)).root == second
    assert hub(hub_folder, HUBCTL_HUB=str(third)).root == third
    assert hub(hub_folder, HUBCTL_HUB="").root == hub_folder


@pytest.mark.parametrize(("name", "error"), [("gone", BadFile), ("empty", HubNotFound), ("hub/.env", BadFile)])
def test_a_named_hub_that_is_none_is_not_searched_for_elsewhere(
    hub_folder: Path, name: str, error: type[Exception]
) -> None:
    (hub_folder.parent / "empty").mkdir()
    with pytest.raises(error, match=name):
        _ = hub(hub_folder, hub_folder.parent / name).layout


def test_the_config_is_the_one_that_the_gateway_mounts(hub_folder: Path) -> None:
    assert hub(hub_folder).config == hub_folder / "conf/litellm/litellm_config.yaml"


def test_a_gateway_without_a_config_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "compose.yml").write_text("services: {litellm: {image: litellm/litellm}}\n")
    with pytest.raises(BadFile, match=r"compose.yml: the service litellm mounts no litellm config$"):
        _ = hub(tmp_path).config


def test_of_two_gateways_one_has_to_be_named(tmp_path: Path) -> None:
    (tmp_path / "compose.yml").write_text(TWO_GATEWAYS)
    with pytest.raises(AmbiguousService, match=r"several services fit the role gateway: one, two"):
        _ = hub(tmp_path).gateway
    named = Hub(Settings(tmp_path, {}), SILENT, service="two")
    assert named.gateway.name == "two"
    runs = [run_of("one", "gateway", address=Address("h", 1)), run_of("two", "gateway", address=Address("h", 2))]
    both = Hub(Settings(tmp_path, {}), SILENT, service="two", runtime=FakeRuntime([runs]))
    assert both.gateway_address() == Address("h", 2)


def test_the_keys_come_from_the_hubs_own_files(hub_folder: Path) -> None:
    found = hub(hub_folder)
    key = found.environment["LITELLM_MASTER_KEY"]
    assert key.startswith("sk-")
    assert found.credentials.gateway_key == key
    assert found.credentials.cache_password == found.environment["REDIS_PASSWORD"]
    assert key not in f"{found.credentials} {found.settings}"


def test_the_shell_wins_over_the_env_file_of_compose(hub_folder: Path) -> None:
    (hub_folder / ".env").write_text("LITELLM_PORT=4444\n")
    assert hub(hub_folder).gateway.ports[0].host == 4444
    assert hub(hub_folder, LITELLM_PORT="5555").gateway.ports[0].host == 5555


def test_a_gateway_without_a_published_port_is_one_clear_error(hub_folder: Path) -> None:
    with pytest.raises(UnknownService, match=r"^the service litellm publishes no port") as caught:
        hub(hub_folder, runtime=FakeRuntime([[well()]])).gateway_address()
    assert "publish its port 4000" in str(caught.value.hint)


def test_an_address_is_that_of_the_role(hub_folder: Path) -> None:
    at = Address("127.0.0.1", 1)
    found = hub(hub_folder, runtime=FakeRuntime([[run_of("litellm", "gateway", address=at), run_of("db", "database")]]))
    assert (found.address("gateway"), found.address("database"), found.address("ollama")) == (at, None, None)


def test_docker_compose_runs_a_hub_unless_it_runs_embedded(hub_folder: Path) -> None:
    assert isinstance(hub(hub_folder).runtime, ComposeRuntime)
    found = hub(hub_folder)
    assert found.starting(embedded=True, demo=False).name == "embedded"
    assert found.runtime.name == "embedded"
    assert found.state_folder == hub_folder / ".hubctl"


def test_nothing_is_read_before_it_is_asked_for(tmp_path: Path) -> None:
    assert hub(tmp_path / "nowhere").settings.cwd == tmp_path / "nowhere"


@pytest.mark.parametrize("service", ["litellm", "redis", "openwebui", "nosuch"])
def test_a_start_is_waited_for_as_long_as_told(hub_folder: Path, service: str) -> None:
    assert hub(hub_folder).starter(service, 7).timeout_s == 7
