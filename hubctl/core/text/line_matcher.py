"""Which lines two long texts have in common, in a time that grows with their length. No I/O.

difflib compares each line with every other one that reads the same, again for each part: that is for short texts.
Between long ones, lines that stand once in both hold the parts in place, as in a patience diff.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from difflib import Match, SequenceMatcher

# Pairs of lines that difflib may look at for each part.
_MOST_PAIRS = 250_000


class LineMatcher(SequenceMatcher[str]):
    """Matches lines of texts of any length."""

    def __init__(self, old: list[str], new: list[str]) -> None:
        super().__init__(None, old, new, autojunk=False)
        self._old, self._new = old, new

    def get_matching_blocks(self) -> list[Match]:
        """Give the runs of lines that are the same, and an empty one at the end, as difflib does."""
        if len(self._old) * len(self._new) <= _MOST_PAIRS:
            return super().get_matching_blocks()
        blocks: list[Match] = []
        for a, b, size in self._matches():
            last = blocks[-1] if blocks else Match(0, 0, 0)
            if (last.a + last.size, last.b + last.size) == (a, b) and blocks:
                blocks[-1] = Match(last.a, last.b, last.size + size)
            else:
                blocks.append(Match(a, b, size))
        return [*blocks, Match(len(self._old), len(self._new), 0)]

    def _matches(self) -> Iterator[tuple[int, int, int]]:
        a = b = 0
        for a_next, b_next in self._anchors():
            yield from self._between(a, a_next, b, b_next)
            yield a_next, b_next, 1
            a, b = a_next + 1, b_next + 1
        yield from self._between(a, len(self._old), b, len(self._new))

    def _between(self, a: int, a_end: int, b: int, b_end: int) -> Iterator[tuple[int, int, int]]:
        """Match two parts: line by line where they are equally long, since most edits change lines in their place."""
        if a_end - a == b_end - b:
            yield from ((a + n, b + n, 1) for n in range(a_end - a) if self._old[a + n] == self._new[b + n])
        elif (a_end - a) * (b_end - b) <= _MOST_PAIRS:
            part = SequenceMatcher(None, self._old[a:a_end], self._new[b:b_end], autojunk=False)
            yield from ((a + each.a, b + each.b, each.size) for each in part.get_matching_blocks() if each.size)

    def _anchors(self) -> list[tuple[int, int]]:
        """The longest row of lines that stand once in both texts and in the same order."""
        old, new = Counter(self._old), Counter(self._new)
        places = {line: b for b, line in enumerate(self._new) if new[line] == 1 and old[line] == 1}
        pairs = [(a, places[line]) for a, line in enumerate(self._old) if line in places]
        ends: list[int] = []  # the least place in which a row of each length ends
        lengths: list[int] = []
        for _, b in pairs:
            length = bisect_left(ends, b)
            ends[length : length + 1] = [b]
            lengths.append(length)
        row: list[tuple[int, int]] = []
        wanted = len(ends) - 1
        for pair, length in zip(reversed(pairs), reversed(lengths), strict=True):
            if length == wanted and (not row or pair[1] < row[-1][1]):
                row.append(pair)
                wanted -= 1
        return row[::-1]
