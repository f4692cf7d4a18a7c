"""The gateway as a client sees it: chat completions and prices, over httpx."""

import json
import re
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hubctl import parallel
from hubctl.core.stack import Address
from hubctl.errors import GatewayRefused, GatewaySilent, GatewayUnreachable

if TYPE_CHECKING:
    import httpx

LIMIT_BYTES = 16_000_000
_SENDABLE = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back for one chat completion, whatever it is. `headers` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: object
    latency_s: float


@dataclass(frozen=True, slots=True)
class Price:
    """What the gateway thinks a model costs, in USD per token. Null where it does not know."""

    per_input_token: float | None
    per_output_token: float | None


class Gateway:
    """One LiteLLM proxy and the key for it. `transport` is the seam for tests."""

    def __init__(self, address: Address, key: str | None, *, transport: "httpx.BaseTransport | None" = None) -> None:
        self.address = address
        self._key = key
        self._transport = transport

    def complete(self, model: str, prompt: str, *, max_tokens: int, timeout_s: float) -> Reply:
        """Ask one model for one answer and wait for all of it.

        The model answers for itself: no cache, no fallback, no retry. timeout_s bounds the whole request. Raises
        GatewayUnreachable when nothing (usable) answers; a refusal is a Reply.
        Source: POST /v1/chat/completions, LiteLLM proxy 1.106 and 1.109.
        """
        body = {
            "model": model,
            "messages": [{"role": "user", "content": prompt}],
            "max_tokens": max_tokens,
            "cache": {"no-cache": True, "no-store": True},
            "disable_fallbacks": True,
            "num_retries": 0,
        }
        return self._request("POST", "/v1/chat/completions", body, timeout_s)

    def prices(self, *, timeout_s: float = 10.0) -> dict[str, list[Price]]:
        """Return the prices of every deployment, by model name. Source: GET /model/info. Raises GatewayRefused."""
        reply = self._request("GET", "/model/info", None, timeout_s)
        items = reply.body.get("data") if isinstance(reply.body, dict) else None
        if reply.status != 200 or not isinstance(items, list):  # noqa: PLR2004 - HTTP's own word for yes
            raise GatewayRefused(
                f"the gateway at {self.address} did not tell its prices (HTTP {reply.status})",
                hint="`hubctl status` shows whether it takes hubctl's key",
            )
        prices: dict[str, list[Price]] = {}
        for item in items:
            match item:
                case {"model_name": str(name), **rest}:
                    prices.setdefault(name, []).append(_price(rest.get("model_info")))
        return prices

    def _request(self, method: str, path: str, body: object, timeout_s: float) -> Reply:
        import httpx

        headers = {"Authorization": f"Bearer {self._sendable_key()}"} if self._key else {}
        try:
            # On this machine, so without TLS. Leaving closes the connection of an exchange that is still going on.
            with httpx.Client(transport=self._transport, trust_env=False, verify=False, timeout=timeout_s) as client:  # noqa: S501
                request = client.build_request(method, f"http://{self.address}{path}", json=body, headers=headers)
                # httpx's own limit is for each read: a server that drips would hold it for ever.
                (reply,) = parallel.each(
                    lambda each: _exchange(client, each), [request], timeout_s=timeout_s, late=lambda _: None
                )
        except httpx.TimeoutException as error:
            raise GatewaySilent(f"no whole answer within {timeout_s:g} s") from error
        except httpx.ConnectError as error:
            raise GatewayUnreachable(
                f"nothing listens at the gateway's address {self.address}", hint="`hubctl status` shows what runs"
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise GatewayUnreachable(
                f"the gateway at {self.address} gave no usable answer: {error or type(error).__name__}",
                hint="`hubctl status` shows what runs",
            ) from error
        if reply is None:
            raise GatewaySilent(f"no whole answer within {timeout_s:g} s")
        return reply

    def _sendable_key(self) -> str | None:
        """Give the key. Raises GatewayRefused, without the key, for one that httpx would refuse with it."""
        if self._key and not _SENDABLE.fullmatch(self._key):
            raise GatewayRefused(
                "the gateway's key holds characters that no HTTP header can carry",
                hint="correct LITELLM_MASTER_KEY in the gateway's env file, then start the gateway anew",
            )
        return self._key


def _exchange(client: "httpx.Client", request: "httpx.Request") -> Reply:
    began = time.monotonic()
    response = client.send(request, stream=True)
    with closing(response):
        raw = _read(response)
    return Reply(response.status_code, dict(response.headers), _parsed(raw), time.monotonic() - began)


def _read(response: "httpx.Response") -> bytes:
    """Read the body up to a size."""
    received = bytearray()
    for chunk in response.iter_bytes():
        received += chunk
        if len(received) > LIMIT_BYTES:
            raise GatewayUnreachable(f"the answer is larger than {LIMIT_BYTES // 1_000_000} MB: not a chat completion")
    return bytes(received)


def _price(info: object) -> Price:
    known = info if isinstance(info, dict) else {}
    return Price(_usd(known.get("input_cost_per_token")), _usd(known.get("output_cost_per_token")))


def _usd(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and 0 <= value < float("inf") else None


def _parsed(raw: bytes) -> object:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return raw[:500].decode("utf-8", "replace")
