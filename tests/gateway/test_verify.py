"""`hubctl verify` on the real LiteLLM proxy with a real Redis: all green, and the verdict on every kind of cache."""

import json
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hubctl.adapters.gateway.answer import Reply
from hubctl.adapters.gateway.client import Gateway
from hubctl.adapters.services.redis_probe import Entry
from hubctl.core.compose.stack import Address
from hubctl.core.gateway.chat import Question
from hubctl.core.gateway.derived import RedisLogin
from hubctl.operations.verify import cache
from hubctl.operations.verify.cache import RedisPlace
from hubctl.operations.verify.running import fresh
from tests.gateway.embedded_hub import KEY, PASSWORD, HubFolder, eventually
from tests.processes import PROGRAM, environment, in_terminal
from tests.real_hub import RealHub, claims_of
from tests.real_servers import frozen, litellm, redis_server
from tests.scripted_gateway import Asked, completion, gateway, streamed
from tests.sweeps import WHOLE

pytestmark = [pytest.mark.gateway, pytest.mark.redis]

CONFIG = """\
model_list:
  - model_name: quick
    litellm_params: {model: openai/quick, api_base: "http://UPSTREAM/v1", api_key: none, rpm: 500, FREE}
  - model_name: spare
    litellm_params: {model: openai/spare, api_base: "http://UPSTREAM/v1", api_key: none, FREE}
  - model_name: paid
    litellm_params: {model: openai/paid, api_base: "http://UPSTREAM/v1", api_key: none}
litellm_settings:
  cache: true
  cache_params: {type: redis, host: os.environ/REDIS_HOST, namespace: litellm, ttl: 90}
router_settings:
  routing_strategy: simple-shuffle
  num_retries: 1
  optional_pre_call_checks: [enforce_model_rate_limits]
  model_group_alias: {alias: quick, costly: paid}
  fallbacks: [{quick: [spare]}, {spare: [paid]}]
general_settings: {master_key: os.environ/LITELLM_MASTER_KEY}
"""
ROUNDS = 100 if WHOLE else 25


class Stand:
    """A running embedded hub, its Redis, and the models that its upstream was asked for."""

    def __init__(self, folder: HubFolder, redis: Address, asked: list[str]) -> None:
        self.folder, self.redis, self.asked = folder, redis, asked
        folder.beside(redis=redis.port)
        self.env = environment(LITELLM_PORT=str(folder.port))
        self.hub = RealHub(folder.root, self.env)

    def claims(self) -> dict[str, Any]:
        """Verify; gives the claims by their ids."""
        return claims_of(self.hub.hubctl("verify", "--json"))

    def say(self, *commands: str) -> list[bytes]:
        """Send commands to Redis, and give the beginning of each answer."""
        answers = []
        with socket.create_connection((self.redis.host, self.redis.port)) as sock:
            for command in (f"AUTH {PASSWORD}", *commands):
                sock.sendall(f"{command}\r\n".encode())
                answers.append(sock.recv(1_000_000))
        return answers[1:]

    def leftovers(self) -> list[str]:
        """Processes of a second gateway of this hub, or of the model beside one."""
        lines = subprocess.run(["ps", "-wweo", "args"], capture_output=True, text=True, check=True).stdout.splitlines()
        return [line for line in lines if f"{self.folder.state}/second" in line]


@contextmanager
def standing(root: Path, change: Callable[[str], str] = str) -> Iterator[Stand]:
    litellm()
    asked: list[str] = []

    def chat(each: Asked) -> bytes:
        asked.append(each.model)
        time.sleep(0.03)  # so that a cached answer can be sooner
        return streamed("Yes", ".") if each.body.get("stream") else completion(identity=f"chatcmpl-{fresh()}")

    (root / "redis").mkdir()
    (root / "hub").mkdir()
    with gateway(chat) as upstream, redis_server(root / "redis", "--requirepass", PASSWORD) as redis:
        folder = HubFolder.copied_to(root / "hub")
        free = "input_cost_per_token: 0, output_cost_per_token: 0"
        folder.config.write_text(change(CONFIG.replace("UPSTREAM", str(upstream)).replace("FREE", free)))
        stand = Stand(folder, redis, asked)
        try:
            done = stand.hub.hubctl("up", "--embedded", "--json")
            assert done.code == 0, done.out
            yield stand
        finally:
            stand.hub.hubctl("down")


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with standing(tmp_path_factory.mktemp("verify")) as found:
        yield found


def test_everything_that_the_hub_uses_is_proved_and_nothing_is_left_or_changed(stand: Stand) -> None:
    def files() -> dict[Path, bytes]:
        found = (path for path in stand.folder.root.rglob("*") if path.is_file() and ".hubctl" not in path.parts)
        return {path: path.read_bytes() for path in found}

    before = files()
    stand.asked.clear()
    done = stand.hub.hubctl("verify", "--json")
    claims = claims_of(done)
    assert {name for name, claim in claims.items() if claim["ok"] is not True} == {"dashboard"}
    assert set(stand.asked) == {"quick", "spare"}
    assert "alias was answered by openai/quick" in claims["aliases"]["evidence"]
    assert "expires in" in claims["redis_cache"]["evidence"]
    for words in ("quick was made to fail: spare answered", "spare was made to fail: paid answered"):
        assert words in claims["fallbacks"]["evidence"]
    assert files() == before
    assert stand.leftovers() == []
    assert not (stand.folder.state / "second").exists()
    assert KEY not in done.out
    kept = json.loads((stand.folder.state / "verify.json").read_text())
    assert kept == done.document


def test_the_official_client_completes_streams_and_lists(stand: Stand) -> None:
    from openai import OpenAI  # comes with the proxy, which may not be there

    with OpenAI(base_url=f"http://127.0.0.1:{stand.folder.port}/v1", api_key=KEY) as client:
        messages: Any = [{"role": "user", "content": fresh()}]
        whole = client.chat.completions.create(model="quick", messages=messages)
        pieces = list(client.chat.completions.create(model="alias", messages=messages, stream=True))
        listed = {model.id for model in client.models.list()}
    assert whole.choices[0].message.content == "Yes."
    assert "".join(piece.choices[0].delta.content or "" for piece in pieces if piece.choices) == "Yes."
    assert listed == {"quick", "spare", "paid", "alias", "costly"}


def look_up_at(stand: Stand) -> Callable[[str], Entry | None]:
    place = RedisPlace(RedisLogin(stand.redis, None, PASSWORD), "redis", stand.redis)
    return lambda key: cache.look_up(place, key)


def one_round(stand: Stand, kind: str, chance: random.Random) -> str:
    """Give the verdict for one way of asking twice, with pauses of any length between the calls."""
    here = Gateway(Address("127.0.0.1", stand.folder.port), KEY)
    question = Question("quick", fresh(), stream=False, max_tokens=5, allow_cached=kind != "no-cache")

    def ask() -> Reply:
        reply = here.ask(question, timeout_s=20)
        if kind == "wiped":
            # LiteLLM writes beside its answer: once it has, and only then, is there something to wipe.
            eventually(lambda: b"$" in stand.say("KEYS litellm:*")[0])
            stand.say("FLUSHALL")
        time.sleep(chance.random() * 0.03)
        return reply

    within_s = 0.2 if kind == "wiped" else 2.0
    return cache.verdict(ask, look_up_at(stand), model="quick", written_within_s=within_s).state


def test_the_verdict_on_the_cache_is_right_every_time(stand: Stand) -> None:
    chance = random.Random(5)
    right = {"on": "proved", "no-cache": "failed", "wiped": "failed"}
    kinds = [chance.choice(list(right)) for _ in range(ROUNDS)]
    verdicts = [one_round(stand, kind, chance) for kind in kinds]
    assert verdicts == [right[kind] for kind in kinds]


def test_a_hubctl_that_is_killed_leaves_a_gateway_that_the_next_one_removes(stand: Stand) -> None:
    with subprocess.Popen(
        [*PROGRAM, "verify"], cwd=stand.folder.root, env=stand.env, stdout=subprocess.DEVNULL
    ) as process:
        eventually(lambda: bool(stand.leftovers()))
        process.kill()
    assert stand.leftovers()
    assert all(claim["ok"] is not False for claim in stand.claims().values())
    assert stand.leftovers() == []


def test_what_a_killed_one_left_is_told_with_the_command_that_removes_it(stand: Stand) -> None:
    with subprocess.Popen(
        [*PROGRAM, "verify"], cwd=stand.folder.root, env=stand.env, stdout=subprocess.DEVNULL
    ) as process:
        eventually(lambda: bool(stand.leftovers()))
        notes = stand.hub.hubctl("status", "--json").data["notes"]
        assert not [note for note in notes if "was killed" in note]  # it still runs
        refused = stand.hub.hubctl("down", "--json")
        assert (refused.code, refused.error["code"]) == (4, "busy")
        process.kill()
    for command in ("status", "doctor"):
        (told,) = [note for note in stand.hub.hubctl(command, "--json").data["notes"] if "was killed" in note]
        assert f"{stand.folder.state}/second" in told
        assert "`hubctl down` removes this" in told
    try:
        assert stand.hub.hubctl("down").code == 0
        assert stand.leftovers() == []
        assert not (stand.folder.state / "second").exists()
    finally:
        assert stand.hub.hubctl("up", "--embedded").code == 0


def test_a_terminal_that_is_closed_leaves_nothing(stand: Stand) -> None:
    with in_terminal("verify", cwd=stand.folder.root, variables=stand.env) as terminal:
        eventually(lambda: bool(stand.leftovers()))
        terminal.close()
        assert terminal.end(30) == 129
    assert stand.leftovers() == []
    assert not (stand.folder.state / "second").exists()


def test_an_interrupted_hubctl_leaves_nothing(stand: Stand) -> None:
    with subprocess.Popen(
        [*PROGRAM, "verify"], cwd=stand.folder.root, env=stand.env, stderr=subprocess.PIPE
    ) as process:
        eventually(lambda: bool(stand.leftovers()))
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert stand.leftovers() == []


def test_with_redis_frozen_exactly_the_cache_is_not_proved(stand: Stand) -> None:
    # Last on this stand: for a minute LiteLLM does without a Redis that was away.
    with frozen(stand.redis, PASSWORD):
        claims = stand.claims()
    assert [name for name, claim in claims.items() if claim["ok"] is False] == ["redis_cache"]
    assert "did not answer" in claims["redis_cache"]["evidence"]


def test_with_redis_gone_memory_answers_and_is_no_proof(tmp_path: Path) -> None:
    with standing(tmp_path) as stand:
        stand.say("SHUTDOWN NOSAVE")
        claims = stand.claims()
    assert [name for name, claim in claims.items() if claim["ok"] is False] == ["redis_cache"]
    assert "id of the first" in claims["redis_cache"]["evidence"]
    assert "nothing listens" in claims["redis_cache"]["evidence"]


def test_a_cache_that_is_off_or_in_the_wrong_section(tmp_path: Path) -> None:
    with standing(tmp_path, lambda text: text.replace("  cache: true\n", "  cache: false\n")) as stand:
        off = stand.claims()
        wrong = stand.folder.config.read_text().replace(
            "litellm_settings:\n", "litellm_settings: {}\ngeneral_settings:\n"
        )
        wrong = wrong.replace("  cache: false\n", "  master_key: os.environ/LITELLM_MASTER_KEY\n  cache: true\n")
        stand.folder.config.write_text(
            wrong.replace("general_settings: {master_key: os.environ/LITELLM_MASTER_KEY}\n", "")
        )
        assert stand.hub.hubctl("restart").code == 0
        misplaced = stand.claims()
    assert (off["redis_cache"]["ok"], off["cache_faster"]["ok"]) == (None, None)
    assert (misplaced["redis_cache"]["ok"], misplaced["cache_faster"]["ok"]) == (False, None)
    assert "in general_settings, where LiteLLM does not read it" in misplaced["redis_cache"]["evidence"]


def test_settings_that_do_not_do_what_they_say_are_failures(tmp_path: Path) -> None:
    def change(text: str) -> str:
        return text.replace("  optional_pre_call_checks: [enforce_model_rate_limits]\n", "").replace(
            "{spare: [paid]}", "{spare: [ghost]}"
        )

    with standing(tmp_path, change) as stand:
        claims = stand.claims()
    assert [name for name, claim in claims.items() if claim["ok"] is False] == ["fallbacks", "rate_limit"]
    assert "spare was made to fail and ghost did not answer" in claims["fallbacks"]["evidence"]
    assert "8 of 8 calls were answered" in claims["rate_limit"]["evidence"]
