"""What is printed of more findings than anybody reads."""

from dataclasses import dataclass

from hubctl.render.parts import MOST_FINDINGS, worst


@dataclass(frozen=True)
class Finding:
    severity: str
    number: int


def test_the_worst_of_many_findings_are_printed_in_their_order_and_the_rest_is_counted() -> None:
    notes = [Finding("info", number) for number in range(MOST_FINDINGS)]
    error, warning = Finding("error", -1), Finding("warning", -2)
    printed, more = worst([*notes, warning, error])
    assert printed == [*notes[:-2], warning, error]
    assert [line.plain for line in more] == [
        "2 more findings are not shown, none worse than these: `--json` lists them all"
    ]


def test_few_findings_are_all_printed() -> None:
    notes = [Finding("info", number) for number in range(MOST_FINDINGS)]
    assert worst(notes) == (notes, [])
