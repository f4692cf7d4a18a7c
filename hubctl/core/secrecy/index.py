"""Where pieces of known secrets stand in a text, and which of them are only names."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from hubctl.core.providers.table import PROVIDERS
from hubctl.core.secrecy import forms, shapes
from hubctl.core.secrecy.gather import SHORTEST, Gathered

# No piece of a secret of so many characters is shown, wherever it was cut.
PIECE = 8
# Each piece of eight holds one of these that begins at a multiple of three: a third of them has to be kept.
_SEED = 6
_STRIDE = PIECE - _SEED + 1
_LONGEST_NAME = 256
_WORDS_AROUND = tuple(re.compile(f"[{letters}]*") for letters in (r"\w-", r"\w.-", r"\w./:@-"))
_ENDS = " -_./:"
_DIGITS = re.compile(r"\d*")
# What was found out is kept, up to so many.
_MOST_KEPT = 20_000
# Of a seed that stands in more places, all secrets are searched at once.
_FEW = 8
_SHORT_TEXT = 200
Kept = TypeVar("Kept")
# Words of hubctl, and what many secrets begin with: a secret may hold them, and a text that does shows nothing of it.
_WORDS = (
    *("https://", "redis://", "postgresql://", "postgres://", "application/json", "localhost", "os.environ/"),
    *("password", "passwords", "credentials", "authorization", "secret", "token", "master", "changeme", "container"),
    *("api_base", "api_key", "model_list", "litellm", "openwebui", "open-webui", "ollama_chat", "ollama", "services"),
    *("gateway", "database", "provider", "config", "compose", "embedded", "postgres", "running", "exited", "created"),
    *("restarting", "healthy", "unhealthy", "stopped", "missing", "unknown", "unauthorized", "unreachable", "starting"),
    *("degraded", "passed", "failed", "skipped", "active", "disabled", "broken", "proved", "restarted", "recreated"),
    *("http://", "postgresql", "127.0.0.1", "host.docker.internal", "hubctl", "models", "doctor", "verify", "status"),
    *("restart", "dashboard", "enable", "disable", "set-key", "remove-key", "test-model", "--no-restart"),
    *("rolled", "unchanged", "present", "unverified", "unchecked", "invalid", "reachable", "warning", "errors"),
)
_OF_PROVIDERS = (
    word for each in PROVIDERS for word in (each.name, each.title, *each.models, *each.variables, *each.key_starts)
)
_PUBLIC = frozenset((*_WORDS, *_OF_PROVIDERS))


class Index:
    """All secrets. A text of n characters is looked through in about n steps, however many secrets there are.

    A piece of a secret is found wherever software cut it out: by a seed that is kept of it, and then in all of them.
    """

    def __init__(self, found: Gathered) -> None:
        self._names = _PUBLIC | found.names
        self._written = {form for secret in found.secrets for form in forms.written(secret) if len(form) >= SHORTEST}
        long = [form for form in self._written if len(form) >= PIECE]
        self._all = "\0".join(long)
        self._seeds: dict[str, int] = {}  # where each stands in all of them
        self._more: dict[str, list[int]] = {}  # and where else
        place = 0
        for form in long:
            for at in range(0, len(form) - _SEED + 1, _STRIDE):
                seed = form[at : at + _SEED]
                if self._seeds.setdefault(seed, place + at) != place + at:
                    self._more.setdefault(seed, []).append(place + at)
            place += len(form) + 1
        self._short = {form for form in self._written if len(form) < PIECE}
        self._sizes = sorted({len(form) for form in self._short})
        self._pieces: dict[str, bool] = {}
        self._public: dict[str, bool] = {}
        self._shown: dict[str, str] = {}

    def shown(self, text: str) -> str:
        """Give a text as it may be shown. A list of models says the same short ones thousands of times."""
        shown = self._shown.get(text)
        if shown is None:
            shown = shapes.without(self._without(text))
            if len(text) <= _SHORT_TEXT:
                _keep(self._shown, text, shown)
        return shown

    def _without(self, text: str) -> str:
        """Put the mark in the place of every run of pieces that is not a name as a whole."""
        if not self._written:
            return text
        runs = [run for run in _merged(self._found(text)) if not self._is_public(text, *run)]
        return shapes.cut(text, iter(runs)) if runs else text

    def _found(self, text: str) -> Iterator[tuple[int, int]]:
        for read, at in forms.readings(text):
            for start, end in self._in(read):
                yield at[start], at[end]
            for said, (start, end) in forms.encoded(read):
                if any(True for _ in self._in(said)):
                    yield at[start], at[end]

    def _in(self, text: str) -> Iterator[tuple[int, int]]:
        seeds = self._seeds
        for at in [at for at in range(len(text) - _SEED + 1) if text[at : at + _SEED] in seeds] if seeds else ():
            for start in range(max(0, at - _STRIDE + 1), min(at, len(text) - PIECE) + 1):
                piece = text[start : start + PIECE]
                if self._is_piece(piece, at - start) and not self._is_in_figure(text, start, start + PIECE):
                    yield start, start + PIECE
        for size in self._sizes:
            short = self._short
            for at in [at for at in range(len(text) - size + 1) if text[at : at + size] in short]:
                if not self._is_in_figure(text, at, at + size):
                    yield at, at + size

    def _is_piece(self, piece: str, before: int) -> bool:
        """Whether a secret has this piece, in which so many characters stand before a seed."""
        seed = piece[before : before + _SEED]
        if self._all.startswith(piece, max(0, self._seeds[seed] - before)):
            return True
        places = self._more.get(seed, ())
        if len(places) <= _FEW:
            return any(self._all.startswith(piece, max(0, place - before)) for place in places)
        is_piece = self._pieces.get(piece)
        return _keep(self._pieces, piece, piece in self._all) if is_piece is None else is_piece

    def _is_in_figure(self, text: str, start: int, end: int) -> bool:
        """Whether these digits are a part of a longer figure, which is none of a secret's."""
        if not text[start:end].isdecimal():
            return False
        before, behind = text[max(0, start - _LONGEST_NAME) : start], text[end : end + _LONGEST_NAME]
        first, last = _DIGITS.match(before[::-1]), _DIGITS.match(behind)
        figure = text[start - len(first[0] if first else "") : end + len(last[0] if last else "")]
        is_cut = len(figure) >= PIECE and figure in self._all
        return len(figure) > end - start and not is_cut and figure not in self._short

    def _is_public(self, text: str, start: int, end: int) -> bool:
        """Whether a run is a name, or a part of one: then the whole word around it is compared."""
        run = text[start:end]
        if run in self._names or run.strip(_ENDS) in self._names:
            return True
        return len(run) < _LONGEST_NAME and any(self._is_name(word) for word in _around(text, start, end))

    def _is_name(self, word: str) -> bool:
        """Whether a word is a name in which no whole secret stands, but one that is a name itself."""
        if word not in self._names:
            return False
        is_public = self._public.get(word)
        if is_public is None:
            parts = {word[at:end] for at in range(len(word)) for end in range(at + SHORTEST, len(word) + 1)}
            return _keep(self._public, word, not (parts & self._written) - self._names)
        return is_public


def _keep(known: dict[str, Kept], of: str, what: Kept) -> Kept:
    if len(known) >= _MOST_KEPT:
        known.clear()
    known[of] = what
    return what


def _around(text: str, start: int, end: int) -> Iterator[str]:
    before, behind = text[max(0, start - _LONGEST_NAME) : start][::-1], text[end : end + _LONGEST_NAME]
    for letters in _WORDS_AROUND:
        first, last = letters.match(before), letters.match(behind)
        word = (first[0][::-1] if first else "") + text[start:end] + (last[0] if last else "")
        yield word
        yield word.strip(_ENDS)


def _merged(spans: Iterable[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if runs and start <= runs[-1][1]:
            runs[-1] = runs[-1][0], max(runs[-1][1], end)
        else:
            runs.append((start, end))
    return runs
