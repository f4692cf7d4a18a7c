"""The one way out for a text: first without the values of secrets, then without what looks like one."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from hubctl.core.providers.table import PROVIDERS
from hubctl.core.secrecy import forms, gather, shapes
from hubctl.core.secrecy.gather import SHORTEST, Gathered

UNSHOWN = "(not shown: hubctl could not look for secrets in it)"

# No piece of a secret of so many characters is shown, wherever it was cut.
PIECE = 8
# Of a secret in base64 every piece of ten characters, which are seven of the secret, holds one that is looked for.
_STRIDE = 3
_ENCODED = re.compile(r"[A-Za-z0-9+/=_-]+")
# Words of hubctl, and what many secrets begin with: a secret may hold them, and a text that does shows nothing of it.
_WORDS = (
    *("https://", "redis://", "postgresql://", "postgres://", "application/json", "localhost", "os.environ/"),
    *("passwords", "credentials", "authorization", "secret", "token", "master", "changeme", "container", "services"),
    *("api_base", "api_key", "model_list", "litellm_", "litellm-", "openwebui", "open-webui", "ollama_chat", "ollama"),
    *("gateway", "database", "provider", "config", "compose", "embedded", "postgres", "running", "exited", "created"),
    *("restarting", "healthy", "unhealthy", "stopped", "missing", "unknown", "unauthorized", "unreachable", "starting"),
    *("degraded", "passed", "failed", "skipped", "active", "disabled", "broken", "proved", "restarted", "recreated"),
    *("rolled", "unchanged", "present", "unverified", "unchecked", "invalid", "reachable", "warning", "errors"),
)
_PUBLIC = (
    *_WORDS,
    *(word for each in PROVIDERS for word in (each.name, each.title, *each.variables, *each.key_starts)),
)


class Masker:
    """Hides in any text what the files of a hub hold as secrets, and what looks like one.

    `read` reads the files, when a text is shown for the first time, and again once `origin` gives another object.
    It fails closed: what cannot be looked through is not shown.
    """

    def __init__(self, read: Callable[[], Gathered] = Gathered, *, origin: Callable[[], object] = lambda: None) -> None:
        self._read = read
        self._origin = origin
        self._from: object = self
        self._learned = Gathered()
        self._index: _Index | None = None

    def learn(self, variables: Mapping[str, str]) -> None:
        """Hide from now on what an environment holds that no file may hold any more."""
        self.add(gather.of_variables(variables.items()))

    def add(self, more: Gathered) -> None:
        """Hide these secrets, too."""
        if not more.secrets <= self._learned.secrets:
            self._learned |= more
            self._index = None

    def __call__(self, text: str) -> str:
        """Give the text without secrets. Never raises."""
        try:
            return shapes.without(self._current().without(text))
        except Exception:  # noqa: BLE001 - whatever it is, the text stays inside
            return UNSHOWN

    def _current(self) -> "_Index":
        origin = self._origin()
        index = self._index
        if index is None or origin is not self._from:
            index = self._index = _Index(self._read() | self._learned)
            self._from = origin
        return index


class Piecemeal:
    """Hides secrets in a text that comes in pieces: a word waits until it is whole."""

    def __init__(self, mask: Callable[[str], str], tell: Callable[[str], None]) -> None:
        self._mask = mask
        self._tell = tell
        self._waiting = ""

    def add(self, piece: str) -> None:
        """Tell what is whole by now."""
        text = self._waiting + piece
        end = max(text.rfind(blank) for blank in " \n\t") + 1
        self._waiting = text[end:]
        if end:
            self._tell(self._mask(text[:end]))

    def finish(self) -> None:
        """Tell the rest."""
        if self._waiting:
            self._tell(self._mask(self._waiting))
            self._waiting = ""


class _Index:
    """The pieces of all secrets. A text of n characters is looked through in n steps, however many secrets there are.

    Each secret is in as every piece of eight characters, so a piece of it is found wherever software cut it out.
    """

    def __init__(self, found: Gathered) -> None:
        self._public = "\n".join((*_PUBLIC, *found.names))
        written = {form for secret in found.secrets for form in forms.written(secret)}
        self._whole = {form for form in written if SHORTEST <= len(form) < PIECE}
        self._pieces = {form[at : at + PIECE] for form in written for at in range(len(form) - PIECE + 1)}
        encoded = {form for secret in found.secrets for form in forms.encoded(secret)}
        self._encoded = {form[at : at + PIECE] for form in encoded for at in range(0, len(form) - PIECE + 1, _STRIDE)}
        self._known = self._pieces | self._encoded
        self._sizes = sorted({len(form) for form in self._whole})

    def without(self, text: str) -> str:
        """Put the mark in the place of every run of pieces that is not a public word as a whole."""
        runs = [run for run in _merged(self._found(text)) if not self._is_public(text[slice(*run)])]
        return shapes.cut(text, iter(runs)) if runs else text

    def _found(self, text: str) -> Iterable[tuple[int, int]]:
        known = self._known
        found = []
        end = 0
        for at in [at for at in range(len(text) - PIECE + 1) if text[at : at + PIECE] in known] if known else ():
            if text[at : at + PIECE] in self._pieces:
                found.append((at, at + PIECE))
            elif at >= end:
                found.append(_around(text, at))
                end = found[-1][1]
        for size in self._sizes:
            whole = self._whole
            found += [(at, at + size) for at in range(len(text) - size + 1) if text[at : at + size] in whole]
        return found

    def _is_public(self, run: str) -> bool:
        word = run.strip(" -_./:")
        return bool(word) and word in self._public


def _around(text: str, at: int) -> tuple[int, int]:
    """The whole word of base64 in which a piece stands."""
    start = at
    while start and _ENCODED.match(text[start - 1]):
        start -= 1
    word = _ENCODED.match(text, at)
    return start, word.end() if word else at + PIECE


def _merged(spans: Iterable[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if runs and start <= runs[-1][1]:
            runs[-1] = runs[-1][0], max(runs[-1][1], end)
        else:
            runs.append((start, end))
    return runs
