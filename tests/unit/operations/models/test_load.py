"""What lists, checks and edits of many entries cost, counted in instructions of Python: four times as many for four
times as many entries, not sixteen.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

from hubctl.adapters.gateway import litellm_facts
from hubctl.core.judging import judge
from hubctl.core.judging.config import Config
from hubctl.core.judging.subject import EnvFile, Subject
from hubctl.core.models import edit, model_list
from hubctl.core.models.askable import Names
from hubctl.core.rules import RULES
from hubctl.core.text import env_edit
from hubctl.operations.models import listing

PATH = Path("litellm_config.yaml")
FEW, MANY = 40, 160
MOST = 5.5

# Reads a text, and gives what is to be counted.
Work = Callable[[str], Callable[[], object]]


def entries(count: int, lead: str = "  ") -> str:
    return "".join(
        f"{lead}- model_name: model-{number}\n{lead}  litellm_params:\n{lead}    model: openai/gpt-{number}\n"
        f"{lead}    api_key: os.environ/OPENAI_API_KEY\n{lead}    api_base: http://localhost:{number}\n"
        for number in range(count)
    )


def plain(count: int) -> str:
    return f"model_list:\n{entries(count)}"


def one_name(count: int) -> str:
    return plain(count).replace("model_name: model-", "model_name: model # ")


def commented(count: int) -> str:
    return f"model_list:\n  - {{model_name: a, litellm_params: {{model: openai/a}}}}\n{entries(count, '  # ')}"


def lost_aliases(count: int) -> str:
    aliases = "".join(f"    alias-{number}: nowhere-{number}\n" for number in range(count))
    return f"{plain(count)}router_settings:\n  model_group_alias:\n{aliases}"


def ignoring(count: int) -> str:
    return f"# hubctl: ignore HUB999\n{plain(count)}"


def steps(work: Callable[[], object]) -> int:
    """Count the instructions of Python that a piece of work runs."""
    count = 0

    def trace(frame: FrameType, event: str, _argument: object) -> object:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def listed(text: str) -> Callable[[], object]:
    models = model_list.read(text, PATH)
    names = Names(models, model_list.load(text, PATH))
    asked = dict.fromkeys([*(entry.name for entry in models.entries), *models.aliases])
    return lambda: (list(listing._ambiguous(models)), [names.find(each) for each in asked])


def edited(text: str, edit_all: Callable[..., object], state: str) -> Callable[[], object]:
    found = [entry for entry in model_list.read(text, PATH).entries if entry.state == state]
    return lambda: edit_all(text, PATH, found)


def judged(text: str) -> Callable[[], object]:
    subject = Subject(litellm_facts.load(), "2026-01-01", config=Config.read(text, PATH), texts={PATH: text})
    return lambda: judge.check(RULES, subject)


def judged_env(text: str) -> Callable[[], object]:
    env_file = EnvFile.read(text, PATH, {}, frozenset({"litellm"}))
    config = Config.read("model_list: []\n", PATH)
    known = litellm_facts.load()
    subject = Subject(
        known, "", config=config, env_files=(env_file,), texts={PATH: text}, gateway="litellm", whole=True
    )
    return lambda: judge.check(RULES, subject)


def growth(text: Callable[[int], str], work: Work) -> float:
    work(text(1))()  # what is computed once for all is computed now
    return steps(work(text(MANY))) / steps(work(text(FEW)))


@pytest.mark.parametrize("text", [plain, one_name, commented, lost_aliases])
def test_lists_grow_with_their_entries(text: Callable[[int], str]) -> None:
    assert growth(text, listed) < MOST


@pytest.mark.parametrize("text", [plain, commented, ignoring])
def test_rules_grow_with_the_config(text: Callable[[int], str]) -> None:
    assert growth(text, judged) < MOST


def test_many_entries_are_disabled_at_once() -> None:
    assert growth(plain, lambda text: edited(text, edit.disable, "active")) < MOST


def test_many_entries_are_enabled_at_once() -> None:
    assert growth(commented, lambda text: edited(text, edit.enable, "disabled")) < MOST


@pytest.mark.parametrize("line", ["V{}=$V{}\n", "not a variable {}\n", "OPENAI_API_KEY={}\n", "V{}: a\n"])
def test_rules_grow_with_the_env_file(line: str) -> None:
    assert growth(lambda count: "".join(line.format(n, n + 1) for n in range(count)), judged_env) < MOST


def test_a_variable_that_is_set_many_times_is_removed_at_once() -> None:
    def removed(text: str) -> Callable[[], object]:
        return lambda: env_edit.remove(text, "A", PATH)

    assert growth(lambda count: "".join(f"A={number}\n" for number in range(count)), removed) < MOST
