"""Writes docs/rules.md from the rules: `python -m tools.rules_page`."""

from collections.abc import Iterator
from pathlib import Path

from hubctl.adapters.gateway import litellm_facts
from hubctl.core.judging.rule import Rule
from hubctl.core.rules import RULES
from tests.unit.core.rules.tables import FIRES, QUIET
from tools.rules_examples import SIGNS, example

TARGET = Path(__file__).parents[1] / "docs/rules.md"
GROUPS = {
    "HUB1": "The litellm config: document, entries, targets, addresses",
    "HUB2": "The litellm config: settings, cache, routing, callbacks",
    "HUB3": "Variables, secrets and the master key",
    "HUB4": "Env files",
    "HUB5": "The compose file and Open WebUI",
}
INTRODUCTION = """\
# Rules of `hubctl config check`

Written by `python -m tools.rules_page` from the rules themselves; a test fails when the two differ.

- **error**: it will not work, it keeps the gateway from starting, or it gives a secret away.
- **warning**: it probably does not do what was meant.
- **info**: worth knowing.

A rule may be more lenient about a single place than its own severity says: about a file that is judged without its
hub, for example. What LiteLLM accepts is that of version {version}; about a gateway that is known to run another one,
a finding that rests on it says so.

`--ignore ID` leaves a rule out; a comment does so in one place, on the line or alone on the line above:

```yaml
  - model_name: local     # hubctl: ignore HUB134
```

Each rule has a wrong and a right example; its tests use the same files. `# <- ID` marks the line that the rule
reports, and `# ...` stands for lines that are left out. Examples show a no-break space as `{blank}`, a tab as `{tab}`,
and a byte that is not UTF-8 as `\ufffd`.
"""


def page() -> str:
    """Put the page together."""
    parts = [INTRODUCTION.format(version=litellm_facts.load().version, blank=SIGNS["\u00a0"], tab=SIGNS["\t"])]
    for prefix, title in GROUPS.items():
        parts.append(f"\n## {title}\n")
        parts += [line for rule in RULES if rule.id.startswith(prefix) for line in _lines(rule)]
    return "\n".join(parts)


def _lines(rule: Rule) -> Iterator[str]:
    yield f'### {rule.id}: {rule.title} <a id="{rule.url.partition("#")[2]}"></a>\n'
    facts: list[str] = [rule.severity]
    facts += ["stops the start"] if rule.stops_start else []
    facts += ["`--fix` corrects it where that is certain"] if rule.fixable else []
    facts += ["depends on the version of LiteLLM"] if rule.by_version else []
    facts += [f"since hubctl {rule.since}"]
    yield f"*{', '.join(facts)}*\n"
    what = (rule.check.__doc__ or "").strip()
    yield f"{what}\n"
    yield f"- What follows: {rule.effect}."
    yield f"- Fix: {rule.fix}.\n"
    yield from example(rule.id, FIRES[rule.id][0], QUIET[rule.id][0])


def main() -> None:
    """Write the page."""
    TARGET.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
