"""Cases as JUnit XML, the way that GitLab, Jenkins and the report actions of GitHub read it."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence

from hubctl.core.reports.cases import SUITE, Case, count
from hubctl.core.text.printable import printable

# What XML 1.0 cannot hold, not even escaped, beside control characters.
_NO_XML = re.compile(r"[\ud800-\udfff\ufffe\uffff]")


def junit(cases: Sequence[Case]) -> str:
    """Write a whole report."""
    suites = ET.Element("testsuites", _totals(cases))
    suite = ET.SubElement(suites, "testsuite", _totals(cases))
    for case in cases:
        element = ET.SubElement(suite, "testcase", classname=SUITE, name=_text(case.name), time=f"{case.seconds:.3f}")
        properties = ET.SubElement(element, "properties")
        for name, value in case.figures.items():
            ET.SubElement(properties, "property", name=name, value=_text(_figure(value)))
        if case.kind != "passed":
            ET.SubElement(element, case.kind, message=_text(case.message or ""))
        if case.output:
            ET.SubElement(element, "system-out").text = _text(case.output)
    ET.indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(suites, encoding="unicode")}\n'


def _totals(cases: Sequence[Case]) -> dict[str, str]:
    return {
        "name": SUITE,
        "tests": str(len(cases)),
        "failures": str(count(cases, "failure")),
        "errors": str(count(cases, "error")),
        "skipped": str(count(cases, "skipped")),
        "time": f"{sum(case.seconds for case in cases):.3f}",
    }


def _figure(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text(text: str) -> str:
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", printable(text))
