"""Smoke tests through the real LiteLLM proxy, of a provider that plays every script: what is said of each."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from hubctl.adapters.gateway.client import Gateway
from hubctl.core.gateway.chat import Question
from hubctl.core.models import model_list
from hubctl.core.models.askable import Names
from hubctl.errors import BudgetExceeded
from hubctl.operations.smoke import run
from hubctl.operations.smoke.call import Plan
from hubctl.operations.smoke.run import SmokeTest
from hubctl.operations.smoke.verdict import ChatCheck, Expected
from tests.real_servers import free_port, litellm_proxy
from tests.scripted_upstream import EACH_S, FIRST_S, SCRIPTS, TEXT, Upstream, scripted_upstream

pytestmark = pytest.mark.gateway

KEY = "sk-for-tests-0123456789abcdef"
ENTRY = "  - {{model_name: {name}, litellm_params: {{model: {target}, {more}}}}}\n"
FREE = "input_cost_per_token: 0, output_cost_per_token: 0"
PAID = "input_cost_per_token: 0.0001, output_cost_per_token: 0.0002"
REST = """\
router_settings:
  num_retries: 0
  model_group_alias: {nick: well-1}
  fallbacks: [{falls: [well-1]}, {falls-dearly: [paid]}]
litellm_settings:
  cache: true
  cache_params: {type: local}
"""


@dataclass(frozen=True)
class Hub:
    """A gateway, what its config says, and the provider behind it."""

    gateway: Gateway
    names: Names
    upstream: Upstream

    def ask(self, *names: str, question: Question | None = None, **plan: Any) -> SmokeTest:
        full = Plan(question or Question("", "hi"), **{"timeout_s": 2.0, **plan})
        return run.run(self.names, self.gateway, names, full)

    def one(self, name: str, question: Question | None = None, **plan: Any) -> ChatCheck:
        (check,) = self.ask(name, question=question, **plan).results
        return check


def config(upstream: Upstream) -> str:
    server = f"api_base: '{upstream.base}', api_key: sk-of-the-provider"
    # Two entries of each script, so that one does not cool down when it is the other's turn.
    entries = [(f"{name}-{n}", f"openai/{name}-{n}", f"{server}, {FREE}") for name in SCRIPTS for n in (1, 2)]
    entries += [
        ("paid", "openai/well-3", f"{server}, {PAID}"),
        ("dear", "openai/well-3", f"{server}, input_cost_per_token: 1, output_cost_per_token: 1"),
        ("unpriced", "openai/well-3", server),
        ("falls", "openai/fails", f"{server}, {FREE}"),
        ("falls-dearly", "openai/fails", f"{server}, {FREE}"),
        ("hides", "openai/key-refused", f"{server}, {FREE}"),
        ("not-pulled", "ollama_chat/not-pulled:1b", f"api_base: 'http://{upstream.address}'"),
        ("ollama-away", "ollama_chat/a:1b", f"api_base: 'http://127.0.0.1:{free_port()}'"),
        ("server-away", "openai/a", f"api_base: 'http://127.0.0.1:{free_port()}/v1', api_key: sk-a, {FREE}"),
        ("without-key", "openai/gpt-4o", f"api_key: os.environ/NOT_SET, {FREE}"),
        ("dropped", "notaprovider/a", FREE),
        ("moved", "openai/well", f"{server}, {FREE}"),
    ]
    return "model_list:\n" + "".join(ENTRY.format(name=n, target=t, more=m) for n, t, m in entries) + REST


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    folder = tmp_path_factory.mktemp("gateway")
    with scripted_upstream() as upstream:
        text = config(upstream)
        with litellm_proxy(folder, text, KEY) as address:
            hub = Hub(Gateway(address, KEY), read(text), upstream)
            assert hub.one("well-1", timeout_s=60).outcome == "passed"  # the proxy's first call loads half of LiteLLM
            yield hub
            upstream.over.set()  # the proxy would wait for its last answers


def read(text: str) -> Names:
    return Names(model_list.read(text, Path("config.yaml")), model_list.load(text, Path("config.yaml")))


HANGS = "no answer began within 2 s; the gateway is alive, so the model hangs: see its server, or allow more --timeout"
UNREACHED = "the model's server is not reached, or cuts the connection: see the entry's api_base, and that server"
CUT = "the model's server broke its answer off: see the log of that server"
KEY_REFUSED = "the provider refuses the key: `hubctl provider set-key` takes another one"
TOO_LARGE = "the answer is larger than 1024 tokens can be: the model ignores the limit"
NO_JSON = "the model's server sent what is not JSON: see the entry's api_base"
NOTHING = "answered 200 with no text in it"
THOUGHT = "no visible text: 4 tokens went into reasoning, allow more with --max-tokens"
SERVER_ERROR = "the model's server failed: The server had an error"
FILTERED = "the provider's content filter withheld the answer"
NOT_THERE = "the provider has no such model (is the entry's target wrong or retired?): The model `not-there` does not "
OVERLOADED = "the provider is overloaded or away, ask again later: The engine is currently overloaded, please try "

# script -> why it fails, streamed and whole; null where it passes. A cut reason is the beginning of it.
TABLE: dict[str, tuple[str | None, str | None]] = {
    "well": (None, None),
    "slow-first": (None, None),
    "slow-stream": (None, None),
    "one-second": (None, None),
    "breaks-off": (f"an error after 7 characters: {CUT}", UNREACHED),
    "breaks-off-at-once": (CUT, UNREACHED),
    # Without a length nobody can tell this from an end: the gateway itself says that the answer is whole.
    "ends-early": (None, NO_JSON),
    "error-inside": (
        "an error after 7 characters: The server had an error",
        "HTTP 500: The server had an error",
    ),
    "key-refused": (KEY_REFUSED, KEY_REFUSED),
    "forbidden": ("HTTP 403: Your project may not use this model.", "HTTP 403: Your project may not use this model."),
    "not-there": (NOT_THERE, NOT_THERE),
    "slow-down": ("refused by the provider's rate limit: ask again later",) * 2,
    "no-quota": ("the provider's account has no money or quota left: top it up with the provider",) * 2,
    "fails": (SERVER_ERROR, SERVER_ERROR),
    "overloaded": (OVERLOADED, OVERLOADED),
    "fails-twice": (SERVER_ERROR, SERVER_ERROR),
    "empty": (NOTHING, NOTHING),
    "no-content": (NOTHING, NOTHING),
    "thinks-only": (THOUGHT, THOUGHT),
    "thinks-first": (None, None),
    "cut": (None, None),
    "filtered": (FILTERED, FILTERED),
    "too-long": (TOO_LARGE, TOO_LARGE),
    "not-json": (NO_JSON, NO_JSON),
    "other-ids": (None, None),
    "old-http": (None, None),
    "never": (HANGS, HANGS),
}


THROUGH = Question("", "hi", through_fallbacks=True)


def test_the_table_has_every_script() -> None:
    assert set(TABLE) == set(SCRIPTS)


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])
@pytest.mark.parametrize("script", TABLE)
def test_each_script_has_its_verdict(hub: Hub, script: str, stream: bool) -> None:
    reason = TABLE[script][0 if stream else 1]
    check = hub.one(f"{script}-{1 if stream else 2}", Question("", "hi", stream=stream))
    told = str(check.reason)
    if script == "breaks-off-at-once":  # whether the gateway passes a word on before it sees the end is chance
        told = re.sub(r"^an error after \d characters: ", "", told)
    assert (check.outcome, told[: len(reason or "None")]) == ("failed" if reason else "passed", str(reason))
    if reason is None and script != "ends-early":
        assert check.reply == TEXT
        assert check.completion_tokens == 4
        assert check.answered_by == f"openai/{script}-{1 if stream else 2}"
        assert (check.cached, check.fallback, check.retries, check.cost_usd) == (False, False, 0, 0.0)
        assert (check.ttft_s is not None) is stream


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("not-pulled", "Ollama has not pulled not-pulled:1b: `hubctl models pull not-pulled:1b`"),
        ("ollama-away", "the gateway does not reach the model's server (Ollama down?): see `hubctl doctor`"),
        ("server-away", UNREACHED),
        ("without-key", "the provider's key is missing: `hubctl provider set-key` sets it"),
        (
            "dropped",
            "the gateway dropped the entry of dropped, whose target or alias is wrong: see `hubctl config check`",
        ),
        ("well", "the config has no such model; near: well-2, well-1; see `hubctl models`"),
    ],
)
def test_what_is_wrong_before_the_model_is_named_with_the_next_step(hub: Hub, name: str, reason: str) -> None:
    check = hub.one(name)
    assert (check.outcome, check.reason) == ("failed", reason)


def test_times_are_those_of_the_script(hub: Hub) -> None:
    first, stream = hub.one("slow-first-1", repeat=3), hub.one("slow-stream-1", repeat=3)
    assert first.ttft_s is not None
    assert stream.ttft_s is not None
    assert stream.latency_s is not None
    assert FIRST_S <= first.ttft_s < FIRST_S + 0.5
    assert stream.ttft_s < 0.5
    assert 3 * EACH_S <= stream.latency_s < 3 * EACH_S + 1


def test_an_alias_answers_as_its_model(hub: Hub) -> None:
    check = hub.one("nick")
    assert (check.outcome, check.answered_by) == ("passed", "openai/well-1")


def test_a_fallback_does_not_hide_a_broken_model_unless_it_was_asked_for(hub: Hub) -> None:
    assert hub.one("falls").reason == SERVER_ERROR
    check = hub.one("falls", THROUGH, timeout_s=20)
    assert (check.outcome, check.fallback, check.reply) == ("passed", True, TEXT)
    assert check.reason == "a fallback answered (openai/well-1): the model itself failed"


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])
def test_a_cache_does_not_answer_for_a_model_unless_it_was_asked_for(hub: Hub, stream: bool) -> None:
    question = Question("", f"cached {stream}?", stream=stream, allow_cached=True)
    before = len(hub.upstream.asked)
    assert [hub.one("well-1", question).cached for _ in range(2)] == [False, True]
    assert len(hub.upstream.asked) == before + 1
    check = hub.one("well-1", replace(question, allow_cached=False))
    assert (check.outcome, check.cached) == ("passed", False)
    assert len(hub.upstream.asked) == before + 2


def test_a_running_gateway_with_another_target_is_noticed(hub: Hub) -> None:
    edited = read("model_list:\n" + ENTRY.format(name="moved", target="openai/new", more=FREE))
    (check,) = run.run(edited, hub.gateway, ("moved",), Plan(timeout_s=5)).results
    assert (check.outcome, check.answered_by) == ("failed", "openai/well")
    assert (
        check.reason
        == "openai/well answered, but the config says openai/new: has the gateway read it? `hubctl restart`"
    )


def test_a_cooldown_does_not_hide_its_cause(hub: Hub) -> None:
    assert hub.one("hides").reason == KEY_REFUSED
    hidden = hub.one("hides")
    assert hidden.reason == "cooling down after an earlier failure: ask again in 5 s to see the cause"
    began = time.monotonic()
    assert hub.one("hides", timeout_s=20).reason == KEY_REFUSED
    assert 1 < time.monotonic() - began < 10


def test_a_model_that_fails_twice_passes_at_the_third_try_and_says_so(hub: Hub) -> None:
    hub.upstream.asked[:] = [name for name in hub.upstream.asked if not name.startswith("fails-twice")]
    check = hub.one("fails-twice-1", retries=2)
    assert (check.outcome, check.retries) == ("passed", 2)
    assert check.reason == f"passed at try 3; the one before: {SERVER_ERROR}"


def test_a_key_of_ours_that_is_refused_is_no_verdict(hub: Hub) -> None:
    stranger = replace(hub, gateway=Gateway(hub.gateway.address, "sk-of-somebody-else"))
    result = stranger.ask("well-1")
    assert (result.results[0].outcome, result.exit_code) == ("error", 4)


@pytest.mark.parametrize(
    ("name", "plan", "reason"),
    [
        ("dear", {}, "can cost up to"),
        ("paid", {"budget_usd": 0.01}, "can cost up to"),
        ("unpriced", {}, "knows no price for unpriced"),
        (
            "falls-dearly",
            {"budget_usd": 0.01, "question": Question("", "hi", through_fallbacks=True)},
            "can cost up to",
        ),
    ],
)
def test_over_the_budget_the_provider_sees_nothing(hub: Hub, name: str, plan: dict[str, Any], reason: str) -> None:
    before = list(hub.upstream.asked)
    with pytest.raises(BudgetExceeded, match=reason):
        hub.ask(name, **plan)
    assert hub.upstream.asked == before


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])
def test_what_was_paid_is_told_and_is_within_the_budget_that_the_guard_names(hub: Hub, stream: bool) -> None:
    question = Question("", "hi", stream=stream)
    with pytest.raises(BudgetExceeded) as caught:
        hub.ask("paid", question=question, repeat=2)
    named = re.search(r"--budget ([\d.]+)", str(caught.value.hint))
    assert named
    check = hub.one("paid", question, repeat=2, budget_usd=float(named[1]))
    assert check.cost_usd == pytest.approx(2 * (11 * 0.0001 + 4 * 0.0002))
    assert (check.cost_usd or 0.0) <= float(named[1])


def test_an_expectation_and_a_limit_of_time_are_held(hub: Hub) -> None:
    assert hub.one("well-1", expected=Expected("I am here")).outcome == "passed"
    assert hub.one("well-1", expected=Expected("42")).reason == "the answer does not contain '42'"
    slow = hub.one("slow-first-1", expected=Expected(max_latency_s=FIRST_S / 2))
    assert re.fullmatch(r"took 0\.\d\d s, longer than --max-latency 0.2", str(slow.reason))


def test_paid_models_are_not_asked_without_being_named(hub: Hub) -> None:
    # Last on this stand: what is given up after a second, the gateway goes on with.
    hub.upstream.asked.clear()
    result = hub.ask(jobs=16, timeout_s=1)
    skipped = {check.model for check in result.results if check.outcome == "skipped"}
    assert {"paid", "dear", "unpriced"} <= skipped
    assert "well-3" not in hub.upstream.asked  # the target of these three
