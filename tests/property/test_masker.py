"""Whatever secret stands in whatever place of a hub's files: no piece of it comes through the masker."""

import pytest

from hubctl.core.secrecy import gather
from hubctl.core.secrecy.masker import Masker
from hubctl.core.text import env_text
from tests.secret_places import PLACES, SHAPES, leaks, pairs, told
from tests.sweeps import WHOLE

PAIRS = 10_000 if WHOLE else 3 * len(PLACES) * len(SHAPES)
AROUND = "model_list:\n  - model_name: gpt\n    litellm_params:\n      model: openai/gpt-4o\n"


def gathered(place: str, line: str) -> gather.Gathered:
    if PLACES[place].kind == "env":
        text = f"A=1\n{line}\nB=2\n"
        return gather.of_text(text) | gather.of_variables(env_text.read(text, {}).values().items())
    return gather.of_text(f"{AROUND}{line}\n      rpm: 5\n")


def test_no_secret_comes_through() -> None:
    found = []
    for place, shape, secret in pairs(PAIRS):
        mask = Masker(lambda: gathered(place, PLACES[place].write(secret)))  # noqa: B023 - called at once
        for text, _, _ in told(secret):
            if leaked := leaks(mask(text), secret):
                found.append((place, shape, secret, text, mask(text), leaked))
    assert found[:3] == []


@pytest.mark.parametrize("place", PLACES)
def test_what_stands_around_a_secret_comes_through(place: str) -> None:
    secret = "Zq7-veryRandom-0815-word"
    mask = Masker(lambda: gathered(place, PLACES[place].write(secret)))
    for text in (
        "the model gpt at openai/gpt-4o",
        "redis:6379 and db:5432 are healthy",
        "5 of 7 services",
        "DB_PASS is set",
    ):
        assert mask(text) == text
