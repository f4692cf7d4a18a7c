"""Opening an address that holds a secret; a browser that is really started: tests/gateway/test_dashboard_safety.py."""

from pathlib import Path

from hubctl.adapters.net import browser

URL = "http://127.0.0.1:1/#token=t&x='"


def test_without_a_screen_nothing_is_started_or_written(tmp_path: Path) -> None:
    assert browser.show(URL, tmp_path, {"PATH": "/bin"}) == "no browser can be opened here; open the address above"
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    told = browser.show(URL, tmp_path / "file", {"DISPLAY": ":0"})
    assert told is not None
    assert told.endswith("; open the address above")


def test_what_is_gone_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / browser.FILE).write_text("")
    browser.forget(tmp_path)
    browser.forget(tmp_path)
    assert list(tmp_path.iterdir()) == []
