"""The one way out for a text: first without the values of secrets, then without what looks like one."""

from collections.abc import Callable, Mapping

from hubctl.core.secrecy import gather
from hubctl.core.secrecy.gather import SHORTEST, Gathered
from hubctl.core.secrecy.index import Index

UNSHOWN = "(not shown: hubctl could not look for secrets in it)"


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
        self._index: Index | None = None

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
        if len(text) < SHORTEST:
            return text
        try:
            return self._current().shown(text)
        except Exception:  # noqa: BLE001 - whatever it is, the text stays inside
            return UNSHOWN

    def _current(self) -> Index:
        origin = self._origin()
        index = self._index
        if index is None or origin is not self._from:
            index = self._index = Index(self._read() | self._learned)
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
