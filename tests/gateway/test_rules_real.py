"""What the rules say of LiteLLM, seen on the real proxy: one start for mistakes that let it run, few for the others."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from hubctl.core.compose.stack import Address
from hubctl.core.judging import judge
from hubctl.core.rules import RULES
from hubctl.operations.config import sources
from tests.real_servers import litellm_proxy
from tests.servers import reply, routes, serving

pytestmark = pytest.mark.gateway

KEY = "sk-for-tests-0123456789abcdef"
ANSWER = {
    "id": "1", "object": "chat.completion", "created": 1, "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"}],
}  # fmt: skip
RUNS = """
litellm_settings:
  cache: true
  cache_params: {{type: local}}
model_list:
  - model_name: good
    litellm_params: {{model: openai/good, api_base: "{upstream}/v1", api_key: os.environ/LITELLM_MASTER_KEY}}
  - model_name: dollar
    litellm_params: {{model: openai/dollar, api_base: "{upstream}/v1", api_key: "${{LITELLM_MASTER_KEY}}"}}
  - model_name: misspelt
    litellm_params: {{model: openai/misspelt, api_base: "{upstream}/v1", api_key: os.environ.LITELLM_MASTER_KEY}}
  - model_name: dropped
    litellm_params: {{model: opnai/gpt-4o, api_key: x}}
  - model_name: bare
    litellm_params: {{model: claude-3-sonnet, api_key: x}}
  - model_name: slash
    litellm_params: {{model: ollama_chat/x, api_base: "{upstream}/v1"}}
  - model_name: flat
    litellm_params: {{model: ollama/x, api_base: "{upstream}"}}
  - model_name: endpoint
    litellm_params: {{model: openai/x, api_base: "{upstream}/v1/chat/completions", api_key: x}}
  - model_name: rootless
    litellm_params: {{model: openai/x, api_base: "{upstream}", api_key: x}}
  - model_name: shadowed
    litellm_params: {{model: openai/shadowed, mock_response: the entry}}
  - model_name: limited
    litellm_params: {{model: openai/limited, mock_response: hi, rpm: 1}}
general_settings:
  cache: true
bogus_section: {{a: 1}}
router_settings:
  num_retries: 0
  model_group_alias:
    listed: [good]
    nowhere: ghost
    shadowed: limited
litellm_settings:
  num_retries: 0
  bogus_key: 1
  success_callback: [not_a_callback]
"""


@dataclass(frozen=True)
class Running:
    """A proxy with every mistake that lets it run, what its upstream saw, and what the rules say of its config."""

    address: Address
    seen: list[str]
    rules: dict[str, list[str]]

    def chat(self, model: str) -> httpx.Response:
        body = {"model": model, "messages": [{"role": "user", "content": "hello"}]}
        return self._ask("POST", "/v1/chat/completions", body)

    def get(self, path: str) -> httpx.Response:
        return self._ask("GET", path, None)

    def _ask(self, method: str, path: str, body: object) -> httpx.Response:
        url = f"http://{self.address.host}:{self.address.port}{path}"
        return httpx.request(method, url, json=body, headers={"Authorization": f"Bearer {KEY}"}, timeout=30)


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("rules")
    seen: list[str] = []
    ollama = {"message": {"role": "assistant", "content": "hi"}, "response": "hi", "done": True, "model": "x"}
    replies = {
        "/v1/chat/completions": reply(200, ANSWER),
        "/api/chat": reply(200, ollama),
        "/api/generate": reply(200, ollama),
    }
    with serving(routes(replies, seen)) as upstream:
        config = RUNS.format(upstream=f"http://{upstream.host}:{upstream.port}")
        with litellm_proxy(folder, config, KEY) as address:
            said: dict[str, list[str]] = {}
            for each in judge.check(RULES, sources.of_file(folder / "config.yaml", {})):
                said.setdefault(each.rule, []).append(each.message)
            yield Running(address, seen, said)


def test_a_variable_in_braces_goes_out_as_it_stands(proxy: Running) -> None:
    proxy.seen.clear()
    for model in ("good", "dollar", "misspelt"):
        assert proxy.chat(model).status_code == 200
    keys = [line.partition("Bearer ")[2] for text in proxy.seen for line in text.splitlines() if "Bearer" in line]
    assert keys == [KEY, "${LITELLM_MASTER_KEY}", "os.environ.LITELLM_MASTER_KEY"]
    assert len(proxy.rules["HUB301"]) == len(proxy.rules["HUB302"]) == 1


def test_an_entry_without_a_known_provider_is_dropped(proxy: Running) -> None:
    listed = {model["id"] for model in proxy.get("/v1/models").json()["data"]}
    assert {"good", "limited"} <= listed
    assert not {"dropped", "bare"} & listed
    assert len(proxy.rules["HUB131"]) == 2


@pytest.mark.parametrize("alias", ["listed", "nowhere"])
def test_an_alias_for_a_list_or_for_nothing_gets_a_400(proxy: Running, alias: str) -> None:
    assert proxy.chat(alias).status_code == 400
    assert any(f"`{alias}`" in message for message in proxy.rules["HUB243"])


def test_an_alias_hides_the_entry_of_its_name(proxy: Running) -> None:
    assert proxy.chat("shadowed").json()["choices"][0]["message"]["content"] == "hi"
    assert proxy.rules["HUB244"]


@pytest.mark.parametrize(("model", "rule"), [("slash", "HUB141"), ("endpoint", "HUB144")])
def test_an_address_that_ends_too_late_leads_nowhere(proxy: Running, model: str, rule: str) -> None:
    assert proxy.chat(model).status_code != 200
    assert proxy.rules[rule]


def test_what_speaks_openai_below_v1_is_not_found_at_its_root(proxy: Running) -> None:
    proxy.seen.clear()
    assert proxy.chat("rootless").status_code != 200
    assert any("POST /chat/completions" in text for text in proxy.seen)  # HUB147 knows Ollama by its port or service


def test_ollama_without_chat_is_asked_by_generate(proxy: Running) -> None:
    proxy.seen.clear()
    proxy.chat("flat")
    assert any("POST /api/generate" in text for text in proxy.seen)
    assert proxy.rules["HUB134"]


def test_the_first_of_two_blocks_is_lost_and_cache_elsewhere_does_nothing(proxy: Running) -> None:
    assert proxy.get("/cache/ping").status_code == 503
    assert "Cache not initialized" in proxy.get("/cache/ping").text
    assert proxy.rules["HUB105"]
    assert proxy.rules["HUB221"]


def test_a_limit_on_an_entry_lets_every_call_through(proxy: Running) -> None:
    assert [proxy.chat("limited").status_code for _ in range(4)] == [200] * 4
    assert proxy.rules["HUB248"]


def test_unknown_names_are_taken_without_a_word(proxy: Running) -> None:
    assert {"HUB201", "HUB203", "HUB262"} <= proxy.rules.keys()
