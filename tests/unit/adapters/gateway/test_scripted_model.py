"""The scripted model as a program of its own: it does what it is told, and ends with who started it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from hubctl.adapters.gateway import scripted_model
from hubctl.core.compose.stack import Address
from tests.real_servers import accepts, free_port

pytestmark = pytest.mark.process


@contextmanager
def model(*options: str) -> Iterator[tuple[Address, subprocess.Popen[bytes]]]:
    port = free_port()
    command = [sys.executable, "-I", scripted_model.__file__, str(port), *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, env={}) as process:
        try:
            address = Address("127.0.0.1", port)
            while not accepts(address):
                assert process.poll() is None
            yield address, process
        finally:
            process.kill()


@pytest.fixture
def address() -> Iterator[Address]:
    with model() as (found, _):
        yield found


def ask(address: Address, target: str = "t", **script: Any) -> httpx.Response:
    body = {"model": target, "messages": [{"role": "user", "content": json.dumps({"nonce": "n", **script})}]}
    return httpx.post(f"http://{address}/v1/chat/completions", json=body, timeout=5)


def calls(answer: httpx.Response) -> Any:
    return json.loads(answer.raise_for_status().json()["choices"][0]["message"]["content"])


def test_it_tells_how_often_each_target_was_called_with_a_nonce(address: Address) -> None:
    assert calls(ask(address, "a")) == {"a": 1}
    assert calls(ask(address, "b")) == {"a": 1, "b": 1}
    assert calls(ask(address, "a", nonce="other")) == {"a": 1}


def test_the_first_calls_fail_and_the_next_is_answered(address: Address) -> None:
    answers = [ask(address, fail_first=2) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [500, 500, 200]
    assert calls(answers[2]) == {"t": 3}


def test_a_target_that_is_to_fail_always_does_and_another_does_not(address: Address) -> None:
    assert [ask(address, "a", fail=["a"]).status_code for _ in range(3)] == [500] * 3
    assert calls(ask(address, "b", fail=["a"])) == {"a": 3, "b": 1}


def test_every_answer_counts_tokens(address: Address) -> None:
    assert ask(address).json()["usage"]["total_tokens"] == 20


def test_it_ends_when_its_input_ends_where_that_is_wanted() -> None:
    with model("--until-eof") as (_, process):
        assert process.poll() is None
        assert process.stdin
        process.stdin.close()
        assert process.wait(5) == 0


def test_it_goes_on_without_input_where_that_is_not(address: Address) -> None:
    with model() as (found, process):
        assert process.stdin
        process.stdin.close()
        assert calls(ask(found)) == {"t": 1}
        assert process.poll() is None
