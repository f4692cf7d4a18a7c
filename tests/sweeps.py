"""How far the long sweeps go: thin while somebody waits for them, whole in `make soak`."""

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
WHOLE = os.environ.get("HUBCTL_TEST_SWEEPS") == "whole"


def few(number: int, items: Iterable[Item]) -> list[Item]:
    """Give every item in `make soak`, else the first so many."""
    return list(islice(items, None if WHOLE else number))


def one_in(number: int, items: Iterable[Item]) -> Iterator[Item]:
    """Give every item in `make soak`, else the first of every so many."""
    return islice(items, 0, None, 1 if WHOLE else number)
