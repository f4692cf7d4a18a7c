"""LiteLLM's list of models: from the gateway that runs, else from the package that is installed."""

from hubctl.adapters.gateway import price_list
from hubctl.core.compose.stack import Address
from hubctl.core.gateway.money import retirement
from tests.servers import drips, reply, routes, serving

TOLD = {"gpt-4": {"litellm_provider": "openai", "deprecation_date": "2026-10-23"}}
NOBODY = Address("127.0.0.1", 1)


def test_the_running_gateway_is_asked_first() -> None:
    seen: list[str] = []
    with serving(routes({"/public/litellm_model_cost_map": reply(200, TOLD)}, seen)) as address:
        assert price_list.read(address, timeout_s=5) == TOLD
    assert "authorization" not in seen[0].lower()


def test_without_a_gateway_that_tells_the_installed_package_is_read_and_not_imported() -> None:
    installed = price_list.read(None, timeout_s=5)
    assert len(installed) > 1000
    assert price_list.read(NOBODY, timeout_s=5) == installed
    for script in (routes({}), drips(b"x")):
        with serving(script) as address:
            assert price_list.read(address, timeout_s=0.5) == installed


def test_a_retirement_is_found_with_and_without_the_prefix() -> None:
    of_vertex = {"litellm_provider": "vertex_ai", "deprecation_date": "2026-01-01"}
    prices = {**TOLD, "gemini/x": {"deprecation_date": "2027-01-01"}, "claude": of_vertex}
    assert retirement("openai/gpt-4", prices) == "2026-10-23"
    assert retirement("gemini/x", prices) == "2027-01-01"
    assert retirement("anthropic/claude", prices) is None
    assert retirement("ollama_chat/gpt-4", prices) is None
