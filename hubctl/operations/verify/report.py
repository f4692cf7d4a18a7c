"""The result of a verification as a file: Markdown that can be pasted into a ticket, or the JSON document."""

import json
from pathlib import Path

from hubctl.adapters.files import reports
from hubctl.core.result import document
from hubctl.core.text.printable import printable
from hubctl.operations.verify import Verification

ENDINGS = (".md", ".json")
_WORDS = {"proved": "proved", "failed": "**failed**", "not_configured": "not configured"}


def write(result: Verification, path: Path) -> None:
    """Write the report; its ending says which. Raises BadFile."""
    text = markdown(result) if path.suffix == ".md" else json.dumps(document(result), indent=2) + "\n"
    reports.write(path, text)


def markdown(result: Verification) -> str:
    """Make the report: the hub, when, its versions, and a table of the claims. It holds no secret."""
    hub = result.hub
    versions = ", ".join(f"{name} {version}" for name, version in result.versions.items())
    facts = {
        "hub": str(hub.root),
        "project": hub.project or "",
        "runtime": hub.runtime,
        "checked": f"{result.checked_at}, in {result.elapsed_s:.1f} s",
        "versions": versions,
        "demo": f"the answers of {', '.join(result.demo)} are canned" if result.demo else "",
        "result": f"{result.proved} proved, {result.failed} failed, {result.not_configured} not configured",
    }
    lines = ["# hubctl verify", "", *(f"- {name}: {_cell(value)}" for name, value in facts.items() if value), ""]
    lines += ["| claim | result | evidence | s |", "|---|---|---|---:|"]
    lines += [
        f"| {_cell(each.claim)} | {_WORDS[each.state]} | {_cell(each.told)} | {each.elapsed_s:.2f} |"
        for each in result.claims
    ]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """Keep a text in its cell, and as text: neither its lines nor its marks are the report's."""
    flat = " ".join(printable(text).split())
    for mark in "\\`*_<>[]|#":
        flat = flat.replace(mark, f"\\{mark}")
    return flat
