"""The gateway as a client sees it: chat completions and prices, over httpx."""

import json
import re
import time
from collections.abc import Callable, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from hubctl import parallel
from hubctl.core import chat
from hubctl.core.chat import Chat, ChatStream, Question
from hubctl.core.money import Price, price
from hubctl.core.stack import Address
from hubctl.errors import GatewayRefused, GatewaySilent, GatewayUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

LIMIT_BYTES = 16_000_000
HTTP_OK = 200
_SENDABLE = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")

Heard = (
    Callable[[str], None] | None
)  # called, in another thread, with each piece of text of a streamed answer as it comes
Ending = Literal["whole", "broke off", "too late", "too large"]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back for one chat completion, whatever it is. `headers` have lower-case names.

    latency_s is until the end, ttft_s until the first visible text of a stream; both count from before the connection.
    `ending` says why there is no more: a part is kept as it came.
    """

    status: int
    headers: Mapping[str, str]
    chat: Chat
    latency_s: float
    ttft_s: float | None = None
    ending: Ending = "whole"


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

    def ask(self, question: Question, *, timeout_s: float, query: str = "") -> Reply:
        """Ask for one chat completion and read it to its end, streamed or not.

        timeout_s bounds the whole of it. A query means nothing to the gateway, whose log repeats it. A refusal, and an
        answer that stops in the middle, are Replies. Raises GatewaySilent when no answer began in time,
        GatewayUnreachable when nothing (usable) answers.
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

    def _exchange(self, method: str, path: str, body: object, *, limit_bytes: int, timeout_s: float) -> "_Received":
        import httpx

        headers = {"Authorization": f"Bearer {self._sendable_key()}"} if self._key else {}
        # On this machine, so without TLS. Leaving closes the connection of an exchange that is still going on.
        with (
            self._errors(timeout_s),
            httpx.Client(transport=self._transport, trust_env=False, verify=False, timeout=timeout_s) as client,  # noqa: S501
        ):
            request = client.build_request(method, f"http://{self.address}{path}", json=body, headers=headers)
            received = _Received(limit_bytes, self._heard)
            # httpx's own limit is for each read: a server that drips would hold it for ever.
            parallel.each(
                lambda each: received.read(client, each), [request], timeout_s=timeout_s, late=lambda _: received.stop()
            )
        if not received.status:
            raise GatewaySilent(f"no answer began within {timeout_s:g} s")
        return received

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
            raise GatewayUnreachable(
                f"the gateway at {self.address} gave no usable answer: {error or type(error).__name__}",
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


class _Received:
    """An answer as it comes in, filled by a thread of its own: what has come stays when the rest comes too late."""

    def __init__(self, limit_bytes: int, heard: Heard, clock: Callable[[], float] = time.monotonic) -> None:
        self.status = 0
        self._heard = heard
        self._headers: Mapping[str, str] = {}
        self._limit_bytes = limit_bytes
        self._clock = clock
        self._began_s = self._ended_s = clock()
        self._ending: Ending = "too late"
        self._left_behind = False
        self._raw = bytearray()
        self._stream: ChatStream | None = None

    def read(self, client: "httpx.Client", request: "httpx.Request") -> None:
        """Send the request and take in the answer up to its end, its limit, or where it breaks off."""
        import httpx

        self._began_s = self._clock()
        response = client.send(request, stream=True)
        with closing(response):
            self._headers = dict(response.headers)
            if (
                self._headers.get("content-type", "").startswith("text/event-stream")
                and response.status_code == HTTP_OK
            ):
                self._stream = ChatStream(self._heard)
            self.status = response.status_code
            try:
                self._ending = self._take(response)
            except httpx.TimeoutException:
                self._ending = "too late"
            except httpx.HTTPError:
                self._ending = "broke off"
        self._ended_s = self._clock()

    def _take(self, response: "httpx.Response") -> Ending:
        received = 0
        for piece in response.iter_bytes():
            received += len(piece)
            if received > self._limit_bytes:
                return "too large"
            if self._stream is None:
                self._raw += piece
                continue
            self._stream.feed(piece, self._clock())
            if self._stream.done:  # some servers keep the connection open after it
                return "whole"
        return "whole" if self._stream is None or self._stream.chat.finish_reason else "broke off"

    def stop(self) -> None:
        """Leave the reader behind. What it says of the connection that is closed under it no longer counts."""
        self._left_behind = True

    def json(self) -> object:
        """Parse the body as JSON; null for what is none."""
        try:
            body: object = json.loads(self._raw)
        except (ValueError, RecursionError):
            return None
        return body

    def reply(self) -> Reply:
        """Read what has come as a chat completion."""
        first_s = self._stream.first_text_s if self._stream else None
        ended_s = self._clock() if self._left_behind else self._ended_s
        return Reply(
            status=self.status,
            headers=self._headers,
            chat=self._chat(),
            latency_s=ended_s - self._began_s,
            ttft_s=first_s - self._began_s if first_s is not None else None,
            ending="too late" if self._left_behind else self._ending,
        )

    def _chat(self) -> Chat:
        if self._stream:
            return self._stream.chat
        raw = bytes(self._raw)
        if self.status != HTTP_OK:
            return chat.refused(raw)
        return chat.read(raw) if self._ending == "whole" else Chat()


def _deployment(item: object) -> Deployment | None:
    match item:
        case {"model_name": str(name), **rest}:
            info = rest.get("model_info")
            match info:
                case {"id": str(identity)}:
                    return Deployment(name, identity, price(info))
            return Deployment(name, None, price(info))
    return None
