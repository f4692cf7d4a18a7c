"""What a service can be asked at no cost and with no effect, and what comes back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

HTTP_OK = 200
NoAnswerKind = Literal["refused", "unresolved", "timeout", "dropped", "garbage", "too_large", "lost"]


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret by its place, so that its value stays there: a variable, and which of several between semicolons."""

    variable: str
    index: int = 0


@dataclass(frozen=True, slots=True)
class Probe:
    """One question. `url` says where; `machine` asks for the disk, memory and clock below the service and has none.

    http: a GET, with the secret as bearer token. redis: AUTH with the secret, and PING. postgres: whether one answers.
    """

    kind: Literal["http", "redis", "postgres", "machine"]
    url: str = ""
    secret: Secret | None = None


class NoAnswer(Exception):
    """A server gave no usable answer. `detail` is plain words for an operator and never holds what was sent."""

    def __init__(self, kind: NoAnswerKind, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP answer, whatever its status. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    latency_ms: float

    def json(self) -> object:
        """The body's value. Raises NoAnswer when it is not JSON, or nested too deeply to read."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise NoAnswer("garbage", f"answered {self.summary()} where JSON was due") from error

    def summary(self) -> str:
        """What answered, in words: the status and the kind of body, nothing that the server wrote itself."""
        media_type = self.headers.get("content-type", "").lower()
        kinds = ("html", "an HTML page"), ("json", "JSON"), ("text", "text")
        body = next((words for word, words in kinds if word in media_type), "data of some other kind")
        return f"HTTP {self.status} with {body if self.body else 'nothing in it'}"

    def unlike(self, expected: str) -> NoAnswer:
        """The error for an answer that `expected` ("Ollama's /api/tags") would not give."""
        return NoAnswer("garbage", f"did not answer like {expected}: {self.summary()}")
