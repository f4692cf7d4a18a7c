"""What a smoke test takes beside what the models take, through the real proxy, of a provider that plays scripts."""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from benchmarks.timing import Bar
from hubctl.adapters.gateway.client import Gateway
from hubctl.core.compose.stack import Address
from hubctl.core.gateway.chat import Question
from hubctl.core.models import model_list
from hubctl.core.models.askable import Names
from hubctl.operations.smoke import run
from hubctl.operations.smoke.call import Plan
from tests.real_servers import litellm_proxy
from tests.scripted_upstream import EACH_S, FIRST_S, SCRIPTS, Upstream, scripted_upstream

KEY = "sk-for-benchmarks-0123456789"
MODELS, JOBS = 20, 8
IDEAL_S = -(-MODELS // JOBS) * 1.0  # each answers in a second
ROUNDS = 20


def bars() -> Iterator[Bar]:
    """Measure on the proxy where it is installed."""
    if not Path(sys.executable).with_name("litellm").exists():
        print("skip smoke tests: the LiteLLM proxy is not installed")
        return
    with scripted_upstream() as upstream, _proxy(upstream) as (address, names):
        gateway = Gateway(address, KEY)
        yield _jobs(gateway, names)
        yield _overhead(gateway)
        assert upstream.address
        yield from _accuracy("directly", Gateway(upstream.address, None))
        yield from _accuracy("through the proxy, less what it takes itself", gateway)


def _jobs(gateway: Gateway, names: Names) -> Bar:
    run.run(names, gateway, ["well"], Plan())
    began = time.perf_counter()
    result = run.run(names, gateway, [f"one-second-{n}" for n in range(MODELS)], Plan(jobs=JOBS))
    took = time.perf_counter() - began
    assert result.passed == MODELS, result
    return Bar(
        f"{MODELS} models of 1 s, --jobs {JOBS} / ideal", took / IDEAL_S, 1.3, "times", f"{took:.2f} s of {IDEAL_S:g} s"
    )


def _overhead(gateway: Gateway) -> Bar:
    """Compare in turns with what httpx alone takes, a connection for each call in both."""
    question = Question("well", "hi", stream=False)

    def bare() -> float:
        began = time.perf_counter()
        headers = {"Authorization": f"Bearer {KEY}"}
        url = f"http://{gateway.address}/v1/chat/completions"
        with httpx.Client(trust_env=False, verify=False) as client:
            client.post(url, json=question.body, headers=headers).raise_for_status()
        return time.perf_counter() - began

    def ours() -> float:
        began = time.perf_counter()
        assert gateway.ask(question, timeout_s=10).status == 200
        return time.perf_counter() - began

    pairs = [(bare(), ours()) for _ in range(3 * ROUNDS)]
    alone, with_hubctl = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
    detail = f"{with_hubctl:.1f} ms against {alone:.1f} ms of httpx alone"
    return Bar("hubctl's own time for a call", with_hubctl - alone, 5.0, "ms", detail)


def _accuracy(way: str, gateway: Gateway) -> Iterator[Bar]:
    """Compare the times that are told with those of the script. The proxy's own are those of an instant answer."""
    own_ttft_s, own_s = _told(gateway, "well") if "proxy" in way else (0.0, 0.0)
    ttft_s, _ = _told(gateway, "slow-first")
    _, latency_s = _told(gateway, "slow-stream")
    for what, told_s, real_s in (
        ("time to the first text", ttft_s - own_ttft_s, FIRST_S),
        ("latency", latency_s - own_s, 3 * EACH_S),
    ):
        detail = f"told {told_s * 1000:.1f} ms of {real_s * 1000:.0f} ms, median of {ROUNDS}"
        yield Bar(f"error of the {what}, {way}", abs(told_s - real_s) * 1000, 10.0, "ms", detail)


def _told(gateway: Gateway, model: str) -> tuple[float, float]:
    replies = [gateway.ask(Question(model, "hi"), timeout_s=10) for _ in range(ROUNDS)]
    ttft_s = statistics.median(reply.ttft_s or 0.0 for reply in replies)
    return ttft_s, statistics.median(reply.latency_s for reply in replies)


@contextmanager
def _proxy(upstream: Upstream) -> Iterator[tuple[Address, Names]]:
    more = f"api_base: '{upstream.base}', api_key: sk-a, input_cost_per_token: 0, output_cost_per_token: 0"
    models = [*SCRIPTS, *(f"one-second-{n}" for n in range(MODELS))]
    entries = "".join(f"  - {{model_name: {n}, litellm_params: {{model: openai/{n}, {more}}}}}\n" for n in models)
    config = f"model_list:\n{entries}"
    path = Path("config.yaml")
    names = Names(model_list.read(config, path), model_list.load(config, path))
    with tempfile.TemporaryDirectory() as folder, litellm_proxy(Path(folder), config, KEY) as address:
        yield address, names
