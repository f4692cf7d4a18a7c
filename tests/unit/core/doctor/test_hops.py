"""The live path as a table: which broken hop explains which, whatever order they were seen in."""

import re
from pathlib import Path

import pytest

from hubctl.core.doctor import hops
from hubctl.core.doctor.hops import KINDS, Hop


def broken(name: str) -> Hop:
    return Hop(name, "broken", "", "mend it")


def causes(*found: Hop) -> dict[str, str | None]:
    return {hop.hop: hop.follows_from for hop in hops.connected(found)}


def test_every_hop_rests_on_hops_that_come_before_it() -> None:
    names = list(KINDS)
    for name, kind in KINDS.items():
        assert all(names.index(below) < names.index(name) for below in kind.rests_on), name


def test_the_first_broken_hop_explains_all_that_rests_on_it_and_nothing_else() -> None:
    found = causes(broken("pulled"), broken("ollama"), broken("ollama container"), broken("ui to database"))
    assert found == {
        "ollama container": None,
        "ollama": "ollama container",
        "pulled": "ollama container",
        "ui to database": None,
    }
    first = hops.headline(hops.connected([broken("ui to database"), broken("cache"), broken("gateway")]))
    assert first is not None
    assert first.hop == "gateway"


def test_what_could_not_be_looked_at_passes_the_cause_on() -> None:
    found = causes(broken("gateway"), Hop("key", "unknown", ""), Hop("models", "unknown", ""), Hop("ui", "unknown", ""))
    assert found == {"gateway": None, "key": "gateway", "models": "gateway", "ui": None}


def test_a_hop_that_was_not_looked_at_passes_the_cause_on_and_a_well_one_does_not() -> None:
    assert causes(broken("gateway"), Hop("models", "unknown", "")) == {"gateway": None, "models": "gateway"}
    key = Hop("key", "well", "")
    assert causes(broken("gateway"), key, broken("models"))["models"] is None


def test_what_is_well_follows_from_nothing_and_a_warning_explains_nothing() -> None:
    low = Hop("other container", "broken", "", "start it", "warning")
    path = hops.connected([broken("engine"), Hop("gateway container", "well", ""), low])
    assert {hop.hop: hop.follows_from for hop in path}["gateway container"] is None
    assert hops.headline([low]) is None


@pytest.mark.parametrize("name", KINDS)
def test_each_id_is_in_the_document_about_symptoms(name: str) -> None:
    text = (Path(__file__).parents[4] / "docs/troubleshooting.md").read_text()
    assert re.search(rf"\b{KINDS[name].rule}\b", text)
