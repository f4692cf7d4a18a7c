"""Long texts are compared in a time that grows with their length, and what is told of them is so."""

import random
import string

import pytest

from hubctl.core.text.line_matcher import LineMatcher

ENTRY = ["- model_name: {}", "  litellm_params:", "    model: openai/gpt-4o", "    api_key: os.environ/OPENAI_API_KEY"]


def entries(count: int) -> list[str]:
    return [line.format(number) for number in range(count) for line in ENTRY]


def replayed(old: list[str], new: list[str]) -> tuple[list[str], int]:
    """Make the new text from the old one by what the matcher says, and count the lines that it says are kept."""
    text: list[str] = []
    kept = 0
    for tag, a, a_end, b, b_end in LineMatcher(old, new).get_opcodes():
        assert tag != "equal" or old[a:a_end] == new[b:b_end]
        text += old[a:a_end] if tag == "equal" else new[b:b_end]
        kept += a_end - a if tag == "equal" else 0
    return text, kept


def test_a_change_in_each_of_many_entries_is_found() -> None:
    """difflib alone looks at each of 20,000 equal lines for each of 80,000: that is for minutes."""
    old = entries(20_000)
    new = [line.replace("OPENAI_API_KEY", "OTHER_KEY") for line in old]
    assert replayed(old, new) == (new, 60_000)


def test_entries_that_are_added_and_removed_are_found() -> None:
    old = entries(5_000)
    new = [*old[:4_000], "# one more", *old[4_000:12_000], *old[12_400:]]
    assert replayed(old, new) == (new, len(old) - 400)


def test_many_lines_that_all_read_the_same_are_found_in_their_places() -> None:
    old = [*["- model_name: a", "  key: 1"] * 20_000]
    new = [line.replace("1", "2") for line in old]
    assert replayed(old, new) == (new, 20_000)


def test_groups_of_changes_far_from_each_other_stay_apart() -> None:
    old = entries(2_000)
    new = [*old[:3], "changed", *old[4:-3], "changed", *old[-2:], "more"]
    assert len(list(LineMatcher(old, new).get_grouped_opcodes(2))) == 2


@pytest.mark.parametrize("seed", range(20))
def test_the_new_text_can_be_made_from_the_old_one(seed: int) -> None:
    chance = random.Random(seed)
    old = [chance.choice(string.ascii_letters) * chance.randint(1, 1 + seed) for _ in range(600)]
    new = [line for line in old if chance.random() < 0.9]
    for _ in range(seed):
        new.insert(chance.randrange(len(new)), chance.choice(old))
    assert replayed(old, new)[0] == new
