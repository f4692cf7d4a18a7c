"""Chat completions and prices of the gateway; how bad servers are met stands in operations/test_smoke.py."""

import httpx
import pytest

from hubctl.adapters.gateway import Gateway, Price
from hubctl.core.stack import Address
from hubctl.errors import GatewayRefused, GatewaySilent, GatewayUnreachable
from tests.real_servers import free_port
from tests.servers import drips, never_answers, reply, routes, serving

HERE = Address("127.0.0.1", 4000)


def over(answer: httpx.Response) -> Gateway:
    return Gateway(HERE, "sk-right", transport=httpx.MockTransport(lambda _request: answer))


def ask(gateway: Gateway, timeout_s: float = 5) -> object:
    return gateway.complete("m", "hello", max_tokens=5, timeout_s=timeout_s)


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        (httpx.Response(200, json={"a": 1}), 200, {"a": 1}),
        (httpx.Response(500, text="Internal Server Error"), 500, "Internal Server Error"),
        (httpx.Response(200, content=b"\xff\xfe" + b"x" * 1000), 200, "\ufffd\ufffd" + "x" * 498),
        (httpx.Response(204), 204, ""),
        (httpx.Response(302, headers={"location": "http://elsewhere"}), 302, ""),
    ],
)
def test_whatever_comes_back_is_a_reply(answer: httpx.Response, status: int, body: object) -> None:
    reply = over(answer).complete("m", "hello", max_tokens=5, timeout_s=5)
    assert (reply.status, reply.body) == (status, body)
    assert reply.latency_s >= 0


def test_header_names_are_lower_case() -> None:
    reply = over(httpx.Response(200, headers={"X-LiteLLM-Model-Name": "a"})).complete(
        "m", "hello", max_tokens=5, timeout_s=5
    )
    assert reply.headers["x-litellm-model-name"] == "a"


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
    with serving(routes({"/v1/chat/completions": reply(200, {"ok": True})})) as address:
        assert Gateway(address, None).complete("m", "hello", max_tokens=5, timeout_s=5).body == {"ok": True}


def test_nobody_there_is_unreachable_with_the_address() -> None:
    address = Address("127.0.0.1", free_port())
    with pytest.raises(GatewayUnreachable, match=rf"^nothing listens at the gateway's address {address}") as caught:
        ask(Gateway(address, "sk-right"))
    assert not isinstance(caught.value, GatewaySilent)


@pytest.mark.parametrize("script", [never_answers, drips(b"H")], ids=["silent", "drips"])
def test_silence_is_told_apart(script: object) -> None:
    with serving(script) as address, pytest.raises(GatewaySilent, match=r"^no whole answer within 0.3 s$"):  # type: ignore[arg-type]
        ask(Gateway(address, "sk-right"), timeout_s=0.3)


def test_prices_are_those_of_every_deployment() -> None:
    data = [
        {"model_name": "a", "model_info": {"input_cost_per_token": 1e-6, "output_cost_per_token": 2}},
        {"model_name": "a", "model_info": {"input_cost_per_token": None}},
        {"model_name": "b"},
        {"model_name": None},
        "nonsense",
    ]
    assert over(httpx.Response(200, json={"data": data})).prices() == {
        "a": [Price(1e-6, 2.0), Price(None, None)],
        "b": [Price(None, None)],
    }


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
        over(answer).prices()
