"""Which models are usable, by the last smoke test of each: kept, forgotten with a change, never guessed."""

import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from hubctl import parallel
from hubctl.adapters.state import smoke_record
from hubctl.core.models import model_list
from hubctl.core.models.askable import Names
from hubctl.core.reports.smoke_record import Verdict
from hubctl.operations.models.usable import rate, remember
from hubctl.operations.smoke.verdict import ChatCheck

CONFIG = """\
model_list:
  - model_name: gpt
    litellm_params: {model: openai/gpt-x, api_base: os.environ/BASE, api_key: os.environ/GPT_KEY}
  - {model_name: other, litellm_params: {model: ollama/a}}
router_settings: {model_group_alias: {best: gpt}}
"""
ENVIRONMENT = {"BASE": "http://a", "GPT_KEY": "sk-first", "ELSE": "1"}
PASSED = ChatCheck("gpt", "passed", None, reply="Yes")
NOW = 1_000_000.0


def names(config: str = CONFIG) -> Names:
    return Names(model_list.read(config, Path("c.yaml")), {})


def after(
    folder: Path,
    *checks: ChatCheck,
    config: str = CONFIG,
    environment: Mapping[str, str] = ENVIRONMENT,
    name: str = "gpt",
) -> tuple[str, str]:
    """What is said of a name an hour after these checks, with this config and environment by then."""
    for check in checks:
        remember(folder, names(), ENVIRONMENT, [check], now=NOW)
    return rate(name, names(config), environment, smoke_record.load(folder), now=NOW + 3600)


def test_the_last_verdict_counts(tmp_path: Path) -> None:
    failed = ChatCheck("gpt", "failed", "no key")
    assert after(tmp_path, failed, PASSED) == ("yes", "answered 1 h ago")
    assert after(tmp_path, PASSED, failed) == ("no", "failed 1 h ago: no key")


def test_runs_that_end_at_once_lose_nothing_of_each_others_verdicts(tmp_path: Path) -> None:
    many = [str(number) for number in range(40)]
    verdict = Verdict(passed=True, reason=None, at=NOW, about="a")
    parallel.pooled(lambda name: smoke_record.add(tmp_path, {name: verdict}), many, workers=8)
    assert set(smoke_record.load(tmp_path)) == set(many)
    assert [each.name for each in tmp_path.iterdir()] == [smoke_record.NAME]


def test_what_was_never_tested_is_unknown(tmp_path: Path) -> None:
    assert after(tmp_path)[0] == "unknown"
    assert after(tmp_path, PASSED, name="other") == ("unknown", "never tested: `hubctl test-model` does")
    assert after(tmp_path, PASSED, name="best")[0] == "unknown"


@pytest.mark.parametrize(
    ("before", "by_then"),
    [("openai/gpt-x", "openai/gpt-y"), ("os.environ/BASE", "http://b"), ("GPT_KEY", "OTHER_KEY")],
    ids=["target", "api_base", "key variable"],
)
def test_a_changed_entry_makes_it_unknown(tmp_path: Path, before: str, by_then: str) -> None:
    assert after(tmp_path, PASSED, config=CONFIG.replace(before, by_then))[0] == "unknown"


@pytest.mark.parametrize(
    ("change", "usable"),
    [({"BASE": "http://b"}, "unknown"), ({"GPT_KEY": "sk-second"}, "unknown"), ({"ELSE": "2"}, "yes")],
    ids=["the address", "the key", "something else"],
)
def test_a_changed_value_of_what_an_entry_names_makes_it_unknown(
    tmp_path: Path, change: dict[str, str], usable: str
) -> None:
    assert after(tmp_path, PASSED, environment=ENVIRONMENT | change)[0] == usable


@pytest.mark.parametrize(
    "check",
    [
        ChatCheck("gpt", "error", "away"),
        ChatCheck("gpt", "skipped", "costs money"),
        ChatCheck("gpt", "passed", None, cached=True),
        ChatCheck("gpt", "passed", None, fallback=True),
        ChatCheck("gpt", "failed", "the answer does not contain '42'", reply="41"),
        ChatCheck("ghost", "failed", "no such model"),
    ],
    ids=["error", "skipped", "cached", "fallback", "wrong text", "no model"],
)
def test_what_says_nothing_of_the_model_leaves_the_verdict_before(tmp_path: Path, check: ChatCheck) -> None:
    assert after(tmp_path, PASSED, check) == ("yes", "answered 1 h ago")
    assert set(smoke_record.load(tmp_path)) == {"gpt"}


def test_a_canned_answer_proves_nothing(tmp_path: Path) -> None:
    assert after(tmp_path, ChatCheck("gpt", "passed", None, demo=True))[0] == "unknown"


def test_the_record_is_for_its_user_alone_and_holds_no_key(tmp_path: Path) -> None:
    folder = tmp_path / ".hubctl"
    remember(folder, names(), ENVIRONMENT, [PASSED])
    (file,) = folder.iterdir()
    assert (stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(folder.stat().st_mode)) == (0o600, 0o700)
    assert "sk-first" not in file.read_text()


def test_the_other_models_keep_their_verdicts(tmp_path: Path) -> None:
    remember(tmp_path, names(), ENVIRONMENT, [ChatCheck("other", "passed", None)], now=NOW)
    remember(tmp_path, names(), ENVIRONMENT, [PASSED], now=NOW)
    assert set(smoke_record.load(tmp_path)) == {"gpt", "other"}


def test_a_folder_that_cannot_be_written_to_is_no_error(tmp_path: Path) -> None:
    (tmp_path / ".hubctl").write_text("a file where the folder should be")
    remember(tmp_path / ".hubctl", names(), ENVIRONMENT, [PASSED])
    assert smoke_record.load(tmp_path / ".hubctl") == {}


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]"])
def test_a_broken_record_is_none_and_is_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / smoke_record.NAME).write_bytes(content)
    assert smoke_record.load(tmp_path) == {}
    assert after(tmp_path, PASSED)[0] == "yes"
