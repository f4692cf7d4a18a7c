"""What counts as drift: tables of what runs beside what the files give."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from hubctl.core.change.drift import ConfigTimes, Fresh, config_changed, environment

START = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
BEFORE, AFTER = START - timedelta(seconds=5), START + timedelta(seconds=5)
IMAGE = {"PATH": "/bin", "MODE": "image"}
SECRET = "sk-very-secret"


@pytest.mark.parametrize(
    ("running", "fresh", "image", "named"),
    [
        pytest.param({"PATH": "/bin", "MODE": "image", "A": "1"}, {"A": "1"}, IMAGE, [], id="nothing"),
        pytest.param({**IMAGE}, {"A": "1"}, IMAGE, ["A was set"], id="set"),
        pytest.param({**IMAGE, "A": "1"}, {"A": "2"}, IMAGE, ["A was changed"], id="changed"),
        pytest.param({**IMAGE, "A": "1"}, {"A": ""}, IMAGE, ["A was changed"], id="emptied"),
        pytest.param({**IMAGE, "A": "1"}, {}, IMAGE, ["A was taken out"], id="taken out"),
        pytest.param({**IMAGE, "MODE": "mine"}, {}, IMAGE, ["MODE was taken out"], id="the image's value comes back"),
        pytest.param({**IMAGE, "MODE": "mine"}, {"MODE": "mine"}, IMAGE, [], id="in place of the image's"),
        pytest.param({**IMAGE}, {"MODE": "mine"}, IMAGE, ["MODE was changed"], id="to be in place of the image's"),
        pytest.param({"PATH": "/bin", "A": "1"}, {"A": "2"}, None, ["A was changed"], id="unknown image, changed"),
        pytest.param({"PATH": "/bin", "A": "1"}, {}, None, [], id="unknown image, perhaps its own"),
        pytest.param({**IMAGE, "HTTP_PROXY": "p", "no_proxy": "q"}, {}, IMAGE, [], id="Docker's own proxies"),
        pytest.param({**IMAGE, "HTTP_PROXY": "p"}, {"HTTP_PROXY": "q"}, IMAGE, ["HTTP_PROXY was changed"], id="ours"),
        pytest.param({**IMAGE}, {"B": "1", "A": "1"}, IMAGE, ["A was set", "B was set"], id="several, by name"),
    ],
)
def test_variables_that_a_new_container_would_not_have_so(
    running: Mapping[str, str], fresh: Mapping[str, str], image: Mapping[str, str] | None, named: list[str]
) -> None:
    found = list(environment(running, Fresh(fresh), image, "hubctl restart"))
    assert [drift.detail for drift in found] == [
        f"{words} after the container was created: `hubctl restart`" for words in named
    ]
    assert [(drift.kind, drift.name) for drift in found] == [("env", words.split()[0]) for words in named]


def test_a_name_that_only_the_callers_shell_has_a_value_for_is_not_judged() -> None:
    assert list(environment({"A": "from another shell"}, Fresh({}, frozenset({"A"})), {}, "x")) == []


def test_no_value_is_ever_shown() -> None:
    fresh = Fresh({"KEY": SECRET})
    (drift,) = environment({"KEY": f"{SECRET}-old"}, fresh, {}, "hubctl restart")
    assert SECRET not in repr(drift) + repr(fresh)


@pytest.mark.parametrize(
    ("at_start", "inside", "written", "changed", "expected"),
    [
        pytest.param("now", None, AFTER, AFTER, False, id="noted: touched, or written again with the same content"),
        pytest.param("old", "now", AFTER, AFTER, True, id="noted: edited in place"),
        pytest.param("old", "old", AFTER, AFTER, True, id="noted: replaced"),
        pytest.param("old", None, BEFORE, BEFORE, True, id="noted: replaced by a file with older times"),
        pytest.param(None, None, BEFORE, BEFORE, False, id="untouched since the start"),
        pytest.param(None, "now", BEFORE, BEFORE, False, id="untouched, seen inside as well"),
        pytest.param(None, "old", BEFORE, BEFORE, True, id="inside is another file"),
        pytest.param(None, "old", AFTER, AFTER, True, id="replaced"),
        pytest.param(None, "now", AFTER, AFTER, True, id="edited in place"),
        pytest.param(None, None, AFTER, AFTER, True, id="written after the start"),
        pytest.param(None, "now", BEFORE, AFTER, False, id="another mode, the same content inside"),
        pytest.param(None, None, BEFORE, AFTER, None, id="another mode, or an older file moved there: unknown"),
        pytest.param(None, None, START, START, False, id="written in the moment of the start"),
    ],
)
def test_whether_the_process_read_another_config(
    at_start: str | None, inside: str | None, written: datetime, changed: datetime, expected: bool | None
) -> None:
    assert config_changed(ConfigTimes("now", at_start, inside, START, written, changed)) is expected
