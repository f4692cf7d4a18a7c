"""Probes from inside a service: what each answer and each silence is called, over real sockets."""

import json
import socket
import subprocess
import sys
import time

import pytest

from hubctl.adapters.docker.containers import Container
from hubctl.adapters.docker.engine import Engine
from hubctl.adapters.docker.engine_address import EngineAddress
from hubctl.adapters.docker.inside import ContainerInside, HereInside
from hubctl.core.probe import NoAnswer, Probe, Secret
from hubctl.errors import EngineRefused
from tests.fakes import instance
from tests.real_servers import free_port
from tests.servers import Script, drops_at_once, never_answers, reply, requested, sends, serving

SECRET = "sk-inside-0123456789"
INSIDE = HereInside({"KEYS": f"other; {SECRET}", "PASSWORD": "let-me-in"})


def failure(probe: Probe, timeout_s: float = 2) -> NoAnswer:
    with pytest.raises(NoAnswer) as caught:
        INSIDE.probe(probe, timeout_s=timeout_s)
    return caught.value


def recording(answer: bytes, seen: list[str]) -> Script:
    def script(peer: socket.socket) -> None:
        seen.append(requested(peer))
        peer.sendall(answer)

    return script


def test_a_get_has_status_and_body_and_sends_the_secret_of_its_place() -> None:
    seen: list[str] = []
    with serving(recording(reply(200, {"data": []}), seen)) as address:
        answer = INSIDE.probe(Probe("http", f"http://{address}/v1/models?a=b", Secret("KEYS", 1)), timeout_s=2)
    assert (answer.status, answer.json()) == (200, {"data": []})
    assert seen[0].startswith("GET /v1/models?a=b HTTP/1.1")
    assert f"authorization: Bearer {SECRET}".lower() in seen[0].lower()


@pytest.mark.parametrize("secret", [None, Secret("UNSET"), Secret("KEYS", 2)])
def test_without_a_secret_there_is_no_authorization_and_a_refusal_is_an_answer(secret: Secret | None) -> None:
    seen: list[str] = []
    with serving(recording(reply(401, {}), seen)) as address:
        answer = INSIDE.probe(Probe("http", f"http://{address}", secret), timeout_s=2)
    assert answer.status == 401
    assert "authorization" not in seen[0].lower()


def test_each_silence_has_its_kind_and_its_place_in_words() -> None:
    port = free_port()
    refused = failure(Probe("http", f"http://127.0.0.1:{port}/"))
    assert (refused.kind, refused.detail) == ("refused", f"nothing listens on 127.0.0.1:{port}")
    unknown = failure(Probe("http", "http://no-such-name.invalid/"), timeout_s=20)
    assert (unknown.kind, unknown.detail) == ("unresolved", "the name 'no-such-name.invalid' is not known there")
    with serving(never_answers) as address:
        began = time.monotonic()
        hanging = failure(Probe("http", f"http://{address}/"), timeout_s=0.5)
        assert time.monotonic() - began < 2
    assert hanging.kind == "timeout"
    assert f"{address} accepted the connection and did not answer within 0.5 s" in hanging.detail
    with serving(drops_at_once) as address:
        assert failure(Probe("http", f"http://{address}/")).kind == "dropped"
    with serving(drops_at_once) as address:
        assert failure(Probe("http", f"https://{address}/")).kind in {"dropped", "refused", "garbage"}


def test_a_login_in_an_address_is_not_repeated() -> None:
    told = failure(Probe("http", f"http://user:{SECRET}@127.0.0.1:{free_port()}/"))
    assert SECRET not in told.detail


@pytest.mark.parametrize(
    ("answers", "word"),
    [
        ([b"+OK\r\n", b"+PONG\r\n"], b"+PONG"),
        ([b"-WRONGPASS invalid username-password pair or user is disabled.\r\n"], b"-WRONGPASS"),
    ],
)
def test_redis_is_asked_with_its_password_and_only_the_first_word_is_kept(answers: list[bytes], word: bytes) -> None:
    with serving(sends(*answers)) as address:
        answer = INSIDE.probe(Probe("redis", f"redis://{address}", Secret("PASSWORD")), timeout_s=2)
    assert answer.body == word


def test_a_postgres_is_known_by_its_answer_to_a_question_for_tls() -> None:
    with serving(sends(b"N")) as address:
        assert INSIDE.probe(Probe("postgres", f"postgresql://{address}"), timeout_s=2).body == b"N"
    with serving(sends(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as address:
        assert failure(Probe("postgres", f"postgresql://{address}")).kind == "dropped"


def test_the_machine_says_its_room_and_its_time() -> None:
    found = INSIDE.probe(Probe("machine"), timeout_s=2).json()
    assert isinstance(found, dict)
    assert abs(found["clock_s"] - time.time()) < 5
    assert 0 < found["memory_free"] < found["memory_total"]
    assert found["disk_free"] > 0


class LocalEngine(Engine):
    """An engine whose every container is this machine, with the commands that its images are to have."""

    def __init__(self, *commands: str, says: str | None = None) -> None:
        super().__init__(EngineAddress("unix:///nowhere"))
        self.commands = commands
        self.says = says
        self.ran: list[list[str]] = []

    def within(self, timeout_s: float) -> "LocalEngine":
        return self

    def run(self, container_id: str, command: object) -> tuple[int, str]:
        words = [str(word) for word in command]  # type: ignore[attr-defined]
        self.ran.append(words)
        if words[0] not in self.commands:
            return 127, ""
        if self.says is not None:
            return 0, self.says
        done = subprocess.run(
            [sys.executable, *words[1:]], env={"KEYS": SECRET}, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout


def inside(engine: Engine) -> ContainerInside:
    container = Container("hub", "litellm", instance(), {}, 1, "sha256:1", {"KEYS": SECRET})
    return ContainerInside(engine, container)


@pytest.mark.process
def test_the_program_runs_alone_in_any_python_and_the_secret_is_in_no_argument() -> None:
    engine, seen = LocalEngine("python"), list[str]()
    with serving(recording(reply(200, [1]), seen)) as address:
        answer = inside(engine).probe(Probe("http", f"http://{address}/", Secret("KEYS")), timeout_s=5)
    assert answer.json() == [1]
    assert SECRET in seen[0]
    assert [words[0] for words in engine.ran] == ["python3", "python"]
    assert not any(SECRET in word for words in engine.ran for word in words)


@pytest.mark.process
def test_a_name_that_takes_too_long_is_given_up_by_the_limit() -> None:
    with serving(never_answers) as address, pytest.raises(NoAnswer) as caught:
        inside(LocalEngine("python3")).probe(Probe("http", f"http://{address}/"), timeout_s=0.5)
    assert caught.value.kind == "timeout"


@pytest.mark.parametrize(
    ("engine", "words"),
    [
        (LocalEngine(), "the image of hub-litellm-1 has no Python"),
        (LocalEngine("python3", says=""), "the Python in hub-litellm-1 gave no answer"),
        (LocalEngine("python3", says="[1]"), "the Python in hub-litellm-1 gave no answer"),
        (LocalEngine("python3", says="Traceback"), "the Python in hub-litellm-1 gave no answer"),
    ],
)
def test_where_nothing_can_be_asked_that_is_said_and_no_verdict(engine: LocalEngine, words: str) -> None:
    with pytest.raises(EngineRefused, match=words):
        inside(engine).probe(Probe("machine"), timeout_s=2)


@pytest.mark.parametrize("seen", [{}, {"stage": "resolving"}, {"stage": "connecting"}])
def test_what_was_cut_off_says_how_far_it_came(seen: dict[str, str]) -> None:
    with pytest.raises(NoAnswer) as caught:
        inside(LocalEngine("python3", says=json.dumps(seen))).probe(Probe("http", "http://ollama:11434/"), timeout_s=3)
    assert caught.value.kind == "timeout"
    assert "within 3 s" in caught.value.detail
