"""Claims about routing: what is concluded from a second gateway that does, and does not do, what it is said to."""

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from hubctl.adapters.gateway.client import Gateway
from hubctl.core.compose.stack import Address
from hubctl.core.gateway import second_config
from hubctl.core.gateway.second_config import LIMITED, RETRIED, SPREAD, Routing
from hubctl.core.models import model_list
from hubctl.errors import GatewayRefused, NotReady
from hubctl.operations.verify import routing
from hubctl.operations.verify.finding import Finding
from hubctl.operations.verify.routing import Second
from hubctl.runtimes import SecondGateway
from tests.real_servers import free_port
from tests.scripted_gateway import Asked, Chat, completion, gateway
from tests.servers import reply

CONFIG = """\
model_list:
  - {model_name: a, litellm_params: {model: ollama/a, rpm: 120}}
  - {model_name: b, litellm_params: {model: openai/b}}
router_settings: {num_retries: 2, fallbacks: [{a: [b]}], routing_strategy: simple-shuffle}
"""


def rules(config: str = CONFIG, **environment: str) -> Routing:
    return second_config.read(model_list.load(config, Path("config.yaml")), environment)


@contextmanager
def second(chat: Chat, config: str = CONFIG) -> Iterator[Second]:
    with gateway(chat) as address:
        yield Second(Gateway(address, "sk-x"), rules(config), 5.0)


def judge(claim: Callable[[Second], Finding], chat: Chat) -> Finding:
    with second(chat) as found:
        return claim(found)


def saying(calls: Mapping[str, int], **headers: object) -> bytes:
    """An answer of the scripted model, with headers of LiteLLM."""
    return completion(
        json.dumps(calls), headers={f"x-litellm-{name.replace('_', '-')}": value for name, value in headers.items()}
    )


def test_a_retry_that_is_seen_upstream_is_proof() -> None:
    def chat(asked: Asked) -> bytes:
        assert asked.model == RETRIED
        assert json.loads(asked.prompt)["fail_first"] == 1
        assert "num_retries" not in asked.body
        return saying({"retried": 2}, attempted_retries=1)

    finding = judge(routing.retries, chat)
    assert finding.state == "proved"
    assert "HTTP 200 after 2 calls upstream, x-litellm-attempted-retries 1" in finding.evidence


def test_an_error_that_is_passed_on_or_an_answer_without_a_second_call_is_none() -> None:
    passed_on = judge(routing.retries, lambda _: completion("scripted failure", status=500))
    assert passed_on.state == "failed"
    assert "HTTP 500, scripted failure" in passed_on.evidence
    assert judge(routing.retries, lambda _: saying({"retried": 1})).state == "failed"


def test_another_model_that_answers_for_a_failing_one_is_proof() -> None:
    def chat(asked: Asked) -> bytes:
        assert (asked.model, json.loads(asked.prompt)["fail"]) == ("a", ["entry-0"])
        assert "disable_fallbacks" not in asked.body
        return saying({"entry-0": 3, "entry-1": 1}, model_group="b", attempted_fallbacks=1)

    finding = judge(routing.fallbacks, chat)
    assert (finding.state, finding.evidence) == (
        "proved",
        "a was made to fail: b answered (x-litellm-attempted-fallbacks 1)",
    )


def test_no_other_model_and_the_same_one_are_none() -> None:
    ghost = judge(routing.fallbacks, lambda _: completion("Fallback to ghost also failed", status=500))
    assert ghost.state == "failed"
    assert "a was made to fail and b did not answer: Fallback to ghost" in ghost.evidence
    assert judge(routing.fallbacks, lambda _: saying({"entry-0": 1}, model_group="a")).state == "failed"


def test_calls_must_reach_both_deployments() -> None:
    count = itertools.count()

    def chat(asked: Asked) -> bytes:
        assert asked.model == SPREAD
        return saying({f"spread-{next(count) % 2}": 1})

    both = judge(routing.spread, chat)
    assert (both.state, "20 calls went 10 and 10" in both.evidence) == ("proved", True)
    one = judge(routing.spread, lambda _: saying({"spread-1": 1}))
    assert (one.state, "all to one" in one.evidence) == ("failed", True)
    refused = judge(routing.spread, lambda _: completion("no", status=500))
    assert (refused.state, "20 of 20 calls failed" in refused.evidence) == ("failed", True)


def limited(answered: int) -> Finding:
    """The verdict on a gateway that refuses after so many calls."""
    count = itertools.count()

    def chat(asked: Asked) -> bytes:
        assert asked.model == LIMITED
        return saying({}) if next(count) < answered else completion("too many", status=429)

    return judge(routing.limit, chat)


def test_a_limit_must_let_calls_pass_and_then_refuse() -> None:
    right = limited(2)
    assert right.state == "proved"
    assert "a has rpm 120; a temporary entry with rpm 2" in right.evidence
    assert "call 3 was refused with HTTP 429" in right.evidence
    never = limited(100)
    assert never.state == "failed"
    assert "8 of 8 calls were answered" in never.evidence
    assert "enforce_model_rate_limits" in never.evidence
    assert (limited(0).state, "already the first call got HTTP 429" in limited(0).evidence) == ("failed", True)


def test_an_answer_of_something_else_is_an_error() -> None:
    with second(lambda _: completion("Hello!")) as found, pytest.raises(GatewayRefused, match="scripted model"):
        routing.retries(found)


@pytest.mark.parametrize(
    ("config", "unused"),
    [
        (CONFIG, {}),
        ("model_list: []", {"retries", "fallbacks", "load_balancing", "rate_limit"}),
        (CONFIG.replace("num_retries: 2", "num_retries: 0"), {"retries"}),
        (CONFIG.replace("{a: [b]}", "{inactive: [b]}"), {"fallbacks"}),
        (CONFIG.replace("simple-shuffle", "cost-based-routing"), {"load_balancing"}),
        (CONFIG.replace(", rpm: 120", ""), {"rate_limit"}),
        (CONFIG.replace(", routing_strategy: simple-shuffle", ""), {"load_balancing"}),
        (
            CONFIG.replace(", routing_strategy: simple-shuffle", "").replace("model_name: b", "model_name: a"),
            set(),
        ),
    ],
)
def test_what_the_settings_do_not_use_is_not_configured(config: str, unused: set[str]) -> None:
    found = {each.claim.id for each in routing.CLAIMS if each.unused(rules(config)) is not None}
    assert found == set(unused)


def started(address: Address, *, ended: bool = False, log: list[str] | None = None) -> SecondGateway:
    return SecondGateway(address, "sk-x", lambda: ended, lambda: log or [])


def test_a_second_gateway_that_is_ready_is_used() -> None:
    with gateway() as address:
        assert routing.wait(started(address)).address == address


def test_one_that_ends_is_told_with_the_cause_in_its_log() -> None:
    nowhere = Address("127.0.0.1", free_port())
    log = ["INFO: starting", "ValueError: routing_strategy round-robin is unknown", "Application startup failed"]
    with pytest.raises(NotReady, match=r"the second gateway ended: .*round-robin"):
        routing.wait(started(nowhere, ended=True, log=log))


def test_one_that_never_gets_ready_is_told_after_the_limit() -> None:
    with (
        gateway(others={"/health/liveliness": reply(503, {"status": "shutting_down"})}) as address,
        pytest.raises(NotReady, match=r"was not ready after 0\.3 s \(is shutting down\)"),
    ):
        routing.wait(started(address), within_s=0.3)
