from collections.abc import Iterator

import pytest

from hubctl.adapters.gateway import probe
from hubctl.core.compose.stack import Address
from hubctl.errors import GatewayRefused
from tests.real_servers import litellm_proxy

pytestmark = pytest.mark.gateway

KEY = "sk-for-tests-0123456789abcdef"
CONFIG = """
model_list:
  - model_name: llama3.2:3b
    litellm_params: {model: openai/llama3.2, api_key: none, mock_response: hello}
router_settings:
  model_group_alias: {coder: "llama3.2:3b"}
"""


@pytest.fixture(scope="session")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    with litellm_proxy(tmp_path_factory.mktemp("litellm"), CONFIG, KEY) as address:
        yield address


def test_the_right_key_gives_version_and_models(proxy: Address) -> None:
    health = probe.check(proxy, KEY, 5)
    assert (health.state, health.detail) == ("healthy", "ready, models listed: 2")
    assert set(health.models or ()) == {"llama3.2:3b", "coder"}
    assert health.version
    assert health.version[0].isdigit()


@pytest.mark.parametrize("key", ["sk-wrong", "no-prefix", "sk-é"])
def test_a_wrong_key_is_unauthorized(proxy: Address, key: str) -> None:
    health = probe.check(proxy, key, 5)
    assert (health.state, health.detail) == ("unauthorized", "alive, but it refuses the key that hubctl has")
    assert (health.models, health.version) == (None, None)


@pytest.mark.parametrize("key", [None, ""])
def test_no_key_is_unauthorized_and_says_so(proxy: Address, key: str | None) -> None:
    health = probe.check(proxy, key, 5)
    assert (health.state, health.detail) == ("unauthorized", "alive, but it wants a key and hubctl knows none")


def test_models_are_listed_for_the_right_key_only(proxy: Address) -> None:
    assert set(probe.models(proxy, KEY, 5)) == {"llama3.2:3b", "coder"}
    with pytest.raises(GatewayRefused, match="refuses the key"):
        probe.models(proxy, "sk-wrong", 5)
