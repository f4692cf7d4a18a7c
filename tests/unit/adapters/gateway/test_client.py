"""Chat completions and prices of the gateway; how bad servers are met stands in operations/smoke/test_run.py."""

import json
import socket
import time
from statistics import median

import httpx
import pytest

from hubctl.adapters.gateway.answer import Reply
from hubctl.adapters.gateway.client import Deployment, Gateway
from hubctl.core.compose.stack import Address
from hubctl.core.gateway.chat import Chat, Question
from hubctl.core.gateway.money import Price
from hubctl.errors import GatewayRefused, GatewaySilent, GatewayUnreachable
from tests.real_servers import free_port
from tests.servers import Script, drips, drops_at_once, floods, never_answers, reply, requested, routes, serving

HERE = Address("127.0.0.1", 4000)


def over(answer: httpx.Response) -> Gateway:
    return Gateway(HERE, "sk-right", transport=httpx.MockTransport(lambda _request: answer))


HI = Question("m", "hello", max_tokens=5)
STREAM = {"Content-Type": "text/event-stream; charset=utf-8"}


def ask(gateway: Gateway, timeout_s: float = 5) -> Reply:
    return gateway.ask(HI, timeout_s=timeout_s)


def chunk(text: str, **more: object) -> bytes:
    return b"data: " + json.dumps({"choices": [{"delta": {"content": text}, **more}]}).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"


def streams(*pieces: bytes | float, then: Script = drops_at_once, head: bytes = HEAD) -> Script:
    """Answer with a stream that ends with the connection; a number is a pause in seconds."""

    def script(peer: socket.socket) -> None:
        requested(peer)
        peer.sendall(head + b"\r\n")
        for piece in pieces:
            if isinstance(piece, float):
                time.sleep(piece)
            else:
                peer.sendall(piece)
        then(peer)

    return script


def streamed(*pieces: bytes | float, then: Script = drops_at_once, head: bytes = HEAD, timeout_s: float = 5) -> Reply:
    with serving(streams(*pieces, then=then, head=head)) as address:
        return ask(Gateway(address, None), timeout_s)


@pytest.mark.parametrize(
    ("answer", "status", "chat"),
    [
        (httpx.Response(200, json={"choices": [{"message": {"content": "hi"}}]}), 200, Chat("hi")),
        (httpx.Response(200, json={"a": 1}), 200, Chat()),
        (httpx.Response(500, text="Internal Server Error"), 500, Chat(error="Internal Server Error")),
        (httpx.Response(429, json={"error": {"message": "slowly"}}), 429, Chat(error="slowly")),
        (httpx.Response(500, headers=STREAM, content=b"data: x\n\n"), 500, Chat(error="data: x\n\n")),
        (httpx.Response(200, content=b"\xff\xfe" + b"x" * 1000), 200, Chat(garbled="\ufffd\ufffd" + "x" * 498)),
        (httpx.Response(204), 204, Chat(error="")),
        (httpx.Response(302, headers={"location": "http://elsewhere"}), 302, Chat(error="")),
        (httpx.Response(200, headers=STREAM, content=chunk("hi") + DONE), 200, Chat("hi")),
    ],
)
def test_whatever_comes_back_is_a_reply(answer: httpx.Response, status: int, chat: Chat) -> None:
    reply = ask(over(answer))
    assert (reply.status, reply.chat, reply.ending) == (status, chat, "whole")
    assert reply.latency_s >= 0


def test_header_names_are_lower_case() -> None:
    assert ask(over(httpx.Response(200, headers={"X-LiteLLM-Model-Name": "a"}))).headers["x-litellm-model-name"] == "a"


def test_the_times_are_those_of_the_first_text_and_of_the_end() -> None:
    reply = streamed(chunk(""), 0.1, chunk("a"), 0.2, chunk("b"), DONE)
    assert reply.chat.text == "ab"
    assert reply.ttft_s is not None
    assert 0.1 <= reply.ttft_s < 0.3 <= reply.latency_s < 1


def test_the_times_are_right_to_ten_milliseconds() -> None:
    def error_s() -> float:
        """By how much the medians of twenty differ from the pauses of the script."""
        replies = [streamed(0.05, chunk("a"), 0.05, chunk("b"), DONE) for _ in range(20)]
        ttft_s = median(each.ttft_s or 0.0 for each in replies)
        latency_s = median(each.latency_s for each in replies)
        return max(abs(ttft_s - 0.05), abs(latency_s - 0.1))

    # On a busy machine the script itself is late, so one quiet moment of a few will do.
    assert any(error_s() < 0.01 for _ in range(5))


def test_a_whole_answer_has_no_time_of_its_first_text() -> None:
    assert ask(over(httpx.Response(200, json={"choices": [{"message": {"content": "hi"}}]}))).ttft_s is None


def test_after_the_last_event_nothing_is_waited_for() -> None:
    began = time.monotonic()
    reply = streamed(chunk("hi"), DONE, then=never_answers)
    assert (reply.ending, reply.chat.text) == ("whole", "hi")
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("head", [HEAD, HEAD.replace(b"1.1", b"1.0")], ids=["HTTP/1.1", "HTTP/1.0"])
def test_a_stream_that_ends_with_a_reason_is_whole_without_a_last_event(head: bytes) -> None:
    assert streamed(chunk("hi"), chunk("", finish_reason="stop"), head=head).ending == "whole"


CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n"


@pytest.mark.parametrize(
    ("pieces", "head"),
    [
        ((chunk("a"), chunk("b")), HEAD),
        ((chunk("a") + chunk("b"), b"data: {"), HEAD),
        ((b"5\r\nhello\r\n",), CHUNKED),
        ((), HEAD),
        ((b"{",), b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n"),
    ],
    ids=["no end", "inside an event", "inside a chunked body", "at once", "inside a whole answer"],
)
def test_an_answer_that_breaks_off_says_so_and_keeps_what_came(pieces: tuple[bytes, ...], head: bytes) -> None:
    reply = streamed(*pieces, head=head)
    assert (reply.status, reply.ending) == (200, "broke off")
    assert reply.chat.text == ("ab" if chunk("a") in b"".join(pieces) else "")


@pytest.mark.parametrize("then", [never_answers, drips(b": ping\n\n")], ids=["stops", "drips"])
def test_an_answer_that_takes_too_long_says_so_and_keeps_what_came(then: Script) -> None:
    reply = streamed(chunk("Hel"), chunk("lo"), then=then, timeout_s=0.4)
    assert (reply.status, reply.ending, reply.chat.text) == (200, "too late", "Hello")
    assert reply.ttft_s is not None
    assert 0.35 <= reply.latency_s < 1


@pytest.mark.parametrize(
    "piece", [chunk("word " * 200), b"data: " + b"x" * 100_000, b"\n" * 100_000], ids=["events", "one line", "newlines"]
)
def test_an_answer_without_an_end_is_given_up_at_its_limit(piece: bytes) -> None:
    began = time.monotonic()
    reply = streamed(then=floods(piece))
    assert reply.ending == "too large"
    assert len(reply.chat.text) <= HI.limit_bytes
    assert time.monotonic() - began < 4


@pytest.mark.parametrize(("key", "sent"), [("sk-right", "Bearer sk-right"), (None, None), ("", None)])
def test_the_key_is_sent_where_there_is_one(key: str | None, sent: str | None) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={})

    ask(Gateway(Address("::1", 4000), key, transport=httpx.MockTransport(answer)))
    assert (seen[0].headers.get("authorization"), str(seen[0].url)) == (sent, "http://[::1]:4000/v1/chat/completions")


def test_a_proxy_of_the_shell_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{free_port()}")
    with serving(routes({"/v1/chat/completions": reply(200, {"id": "here"})})) as address:
        assert ask(Gateway(address, None)).chat.id == "here"


def test_nobody_there_is_unreachable_with_the_address() -> None:
    address = Address("127.0.0.1", free_port())
    with pytest.raises(GatewayUnreachable, match=rf"^nothing listens at the gateway's address {address}") as caught:
        ask(Gateway(address, "sk-right"))
    assert not isinstance(caught.value, GatewaySilent)


@pytest.mark.parametrize("script", [never_answers, drips(b"H")], ids=["silent", "drips"])
def test_silence_is_told_apart(script: object) -> None:
    with serving(script) as address, pytest.raises(GatewaySilent, match=r"^no answer began within 0.3 s$"):  # type: ignore[arg-type]
        ask(Gateway(address, "sk-right"), timeout_s=0.3)


def test_the_price_of_every_deployment_is_told() -> None:
    data = [
        {"model_name": "a", "model_info": {"id": "1", "input_cost_per_token": 1e-6, "output_cost_per_token": 2}},
        {"model_name": "a", "model_info": {"input_cost_per_token": None}},
        {"model_name": "b"},
        {"model_name": None},
        "nonsense",
    ]
    unknown = Price(None, None)
    assert over(httpx.Response(200, json={"data": data})).deployments() == (
        Deployment("a", "1", Price(1e-6, 2.0)),
        Deployment("a", None, unknown),
        Deployment("b", None, unknown),
    )


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(401, json={"data": []}),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"data": {}}),
        httpx.Response(200, text="<html>"),
    ],
)
def test_prices_that_are_not_told_are_an_error_with_the_address(answer: httpx.Response) -> None:
    with pytest.raises(GatewayRefused, match=r"^the gateway at 127.0.0.1:4000 did not tell its prices \(HTTP \d+\)$"):
        over(answer).deployments()


@pytest.mark.parametrize("answer", [httpx.Response(404, text="no"), httpx.Response(200, json=[]), httpx.Response(204)])
def test_a_list_of_prices_that_is_not_told_is_empty(answer: httpx.Response) -> None:
    assert over(answer).price_list() == {}
