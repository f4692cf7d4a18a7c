"""Mistakes put at random into good hubs are found; nothing is said of the hubs without them."""

import random
from pathlib import Path

import pytest

from tests.unit.core.rules.judging import judged
from tests.unit.core.rules.mistakes import MISTAKES, good_hub

ROUNDS = 8
LEAST_FOUND = 0.95


def _fresh(folder: Path, seed: int) -> Path:
    path = folder / str(seed)
    path.mkdir()
    return path


@pytest.mark.parametrize("seed", range(20))
def test_a_good_hub_gets_neither_error_nor_warning(seed: int, tmp_path: Path) -> None:
    found = judged(good_hub(random.Random(seed)), tmp_path)
    assert [(each.rule, each.message) for each in found if each.severity != "info"] == []


def test_nearly_every_mistake_is_found(tmp_path: Path) -> None:
    assert len({mistake.edit for mistake in MISTAKES}) >= 30
    missed = []
    for number, mistake in enumerate(MISTAKES):
        for turn in range(ROUNDS):
            chance = random.Random(number * 1000 + turn)
            files = good_hub(chance)
            before = files[mistake.file]
            files[mistake.file] = mistake.edit(before, chance)
            assert files[mistake.file] != before
            found = judged(files, _fresh(tmp_path, number * 1000 + turn))
            if mistake.rule not in {each.rule for each in found if each.severity != "info"}:
                missed.append(f"{mistake.rule} in {mistake.file}, turn {turn}")
    assert len(missed) <= (1 - LEAST_FOUND) * len(MISTAKES) * ROUNDS, missed
