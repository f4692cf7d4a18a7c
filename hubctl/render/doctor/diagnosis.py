"""What `hubctl doctor` found: the first broken hop, what follows from it, the whole path, and the rest."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.text import Text

from hubctl.core.text.span import located
from hubctl.operations.doctor.diagnosis import Diagnosed, Diagnosis
from hubctl.render.parts import Rows, notes, page, plain, worst

_COLORS = {"error": "red", "warning": "yellow", "info": "dim"}
_SIGNS = {"well": ("●", "green"), "broken": ("✗", "red"), "unknown": ("◐", "yellow")}


@page.register
def _(result: Diagnosis) -> RenderableType:
    titles = {hop.hop: hop.title for hop in result.hops}
    table = Rows("", "HOP", "SEEN", ID=60)
    for hop in result.hops:
        sign, color = _SIGNS[hop.state]
        why = f"follows from {titles[hop.follows_from]}: " if hop.follows_from else ""
        table.add_row(Text(sign, style=color), plain(hop.title), plain(f"{why}{hop.detail}"), plain(hop.rule, "dim"))
    own = [each for each in result.findings if not each.follows_from and each.severity != "info"]
    findings, more = worst(own)
    of_hops = [finding for finding in result.findings if finding.hop]
    blocks = [_block(finding, of_hops, titles) for finding in findings]
    return Group(table, *blocks, *more, _summary(result), *notes(result.notes))


def _block(finding: Diagnosed, of_hops: Iterable[Diagnosed], titles: dict[str, str]) -> Text:
    place = f"{located(finding.file, finding.line, finding.column)}: " if finding.file else ""
    text = Text("\n")
    text.append(f"{finding.severity} {finding.rule}", _COLORS[finding.severity])
    text.append_text(plain(f": {place}{finding.message}"))
    if finding.effect:
        text.append_text(plain(f"\n    so: {finding.effect}", "dim"))
    text.append_text(plain(f"\n   fix: {finding.fix}"))
    follow = [titles[each.hop] for each in of_hops if each.hop and finding.hop and each.follows_from == finding.hop]
    if follow:
        text.append_text(plain(f"\n   so also: {', '.join(follow)}", "dim"))
    return text


def _summary(result: Diagnosis) -> Text:
    titles = {hop.hop: hop.title for hop in result.hops}
    if result.headline:
        return plain(f"\nbroken: {titles[result.headline]}", "red")
    unseen = sum(hop.state == "unknown" for hop in result.hops)
    but = f"; {_counted(unseen, 'hop')} could not be looked at" if unseen else ""
    if result.errors or result.warnings:
        found = f"{_counted(result.errors, 'error')}, {_counted(result.warnings, 'warning')}"
        return plain(f"\nno hop is broken; {found}{but}", "yellow")
    return plain(f"\nnothing is broken{but}", "yellow" if unseen else "green")


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
