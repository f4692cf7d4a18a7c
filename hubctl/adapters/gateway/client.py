"""The gateway as a client sees it: chat completions and prices, over httpx."""

import re
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hubctl import parallel
from hubctl.adapters.gateway.answer import Heard, Received, Reply
from hubctl.core.compose.stack import Address
from hubctl.core.gateway.chat import Question
from hubctl.core.gateway.money import Price, price
from hubctl.core.probe import HTTP_OK
from hubctl.errors import GatewayLost, GatewayRefused, GatewaySilent, GatewayUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

LIMIT_BYTES = 16_000_000
_SENDABLE = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")


@dataclass(frozen=True, slots=True)
class Deployment:
    """One of the places that may answer for a model name, and what it costs. `id` is that of `x-litellm-model-id`."""

    name: str
    id: str | None
    price: Price


class Gateway:
    """One LiteLLM proxy and the key for it. `transport` is the seam for tests, `heard` for who listens to streams."""

    def __init__(
        self, address: Address, key: str | None, *, transport: "httpx.BaseTransport | None" = None, heard: Heard = None
    ) -> None:
        # Loaded here, not when somebody waits for an answer: an interrupt in the middle of an import can get lost.
        import httpx  # noqa: F401

        self.address = address
        self._key = key
        self._transport = transport
        self._heard = heard

    @property
    def has_key(self) -> bool:
        """Whether hubctl knows a key for it; a gateway without a master key wants none."""
        return bool(self._key)

    def require_held(self) -> None:
        """Raise GatewayLost where the gateway is not known to listen at its address any more: a stranger may."""
        if why := self.address.doubt():
            raise GatewayLost(
                f"{self.address} is not known to be this hub's gateway any more ({why}): nothing was sent there",
                hint="`hubctl status` shows what runs; `hubctl up` starts the hub",
            )

    def ask(self, question: Question, *, timeout_s: float, query: str = "") -> Reply:
        """Ask for one chat completion and read it to its end, streamed or not.

        timeout_s bounds the whole of it. A query means nothing to the gateway, whose log repeats it. A refusal, and an
        answer that stops in the middle, are Replies. Raises GatewaySilent when no answer began in time, GatewayLost
        when a stranger may have the port, GatewayUnreachable when nothing (usable) answers.
        Source: POST /v1/chat/completions, LiteLLM proxy 1.106 and 1.109.
        """
        received = self._exchange(
            "POST",
            f"/v1/chat/completions{'?' if query else ''}{query}",
            question.body,
            limit_bytes=question.limit_bytes,
            timeout_s=timeout_s,
        )
        return received.reply()

    def deployments(self, *, timeout_s: float = 10.0) -> tuple[Deployment, ...]:
        """Return what answers for each name, aliases too. Source: GET /model/info. Raises GatewayRefused."""
        received = self._exchange("GET", "/model/info", None, limit_bytes=LIMIT_BYTES, timeout_s=timeout_s)
        body = received.json()
        items = body.get("data") if isinstance(body, dict) else None
        if received.status != HTTP_OK or not isinstance(items, list):
            raise GatewayRefused(
                f"the gateway at {self.address} did not tell its prices (HTTP {received.status})",
                hint="`hubctl status` shows whether it takes hubctl's key",
            )
        return tuple(found for item in items if (found := _deployment(item)))

    def price_list(self, *, timeout_s: float = 10.0) -> Mapping[str, object]:
        """Return LiteLLM's own list of prices, by target; empty where it is not told.

        Source: GET /public/litellm_model_cost_map, 2 MB.
        """
        path = "/public/litellm_model_cost_map"
        body = self._exchange("GET", path, None, limit_bytes=LIMIT_BYTES, timeout_s=timeout_s).json()
        return body if isinstance(body, dict) else {}

    def _exchange(self, method: str, path: str, body: object, *, limit_bytes: int, timeout_s: float) -> Received:
        import httpx

        headers = {"Authorization": f"Bearer {self._sendable_key()}"} if self._key else {}
        # On this machine, so without TLS. Leaving closes the connection of an exchange that is still going on.
        with (
            self._errors(timeout_s),
            httpx.Client(transport=self._transport, trust_env=False, verify=False, timeout=timeout_s) as client,  # noqa: S501
        ):
            # Connected, and before anything is sent. Source: httpx, Request Extensions, "trace".
            extensions = {"trace": self._before_sending}
            url = f"http://{self.address}{path}"
            request = client.build_request(method, url, json=body, headers=headers, extensions=extensions)
            received = Received(limit_bytes, self._heard)
            # httpx's own limit is for each read: a server that drips would hold it for ever.
            parallel.each(
                lambda each: received.read(client, each), [request], timeout_s=timeout_s, late=lambda _: received.stop()
            )
        if not received.status:
            raise GatewaySilent(f"no answer began within {timeout_s:g} s")
        return received

    def _before_sending(self, event: str, _: object) -> None:
        if event.endswith("send_request_headers.started"):
            self.require_held()

    @contextmanager
    def _errors(self, timeout_s: float) -> "Iterator[None]":
        import httpx

        try:
            yield
        except httpx.TimeoutException as error:
            raise GatewaySilent(f"no answer began within {timeout_s:g} s") from error
        except httpx.ConnectError as error:
            raise GatewayUnreachable(
                f"nothing listens at the gateway's address {self.address}", hint="`hubctl status` shows what runs"
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            why = str(error).rstrip(".") or type(error).__name__
            raise GatewayUnreachable(
                f"the gateway at {self.address} gave no usable answer: {why}",
                hint="`hubctl status` shows what runs",
            ) from error

    def _sendable_key(self) -> str | None:
        """Give the key. Raises GatewayRefused, without the key, for one that httpx would refuse with it."""
        if self._key and not _SENDABLE.fullmatch(self._key):
            raise GatewayRefused(
                "the gateway's key holds characters that no HTTP header can carry",
                hint="correct LITELLM_MASTER_KEY in the gateway's env file, then start the gateway anew",
            )
        return self._key


def _deployment(item: object) -> Deployment | None:
    match item:
        case {"model_name": str(name), **rest}:
            info = rest.get("model_info")
            match info:
                case {"id": str(identity)}:
                    return Deployment(name, identity, price(info))
            return Deployment(name, None, price(info))
    return None
