"""What would keep the gateway from starting, seen in its config and variables before anything is stopped."""

from collections.abc import Mapping
from pathlib import Path

from hubctl.adapters.files import disk
from hubctl.adapters.gateway import litellm_facts
from hubctl.core.judging import judge
from hubctl.core.rules import RULES
from hubctl.errors import BadFile

MOST = 3


def check(config: Path | None, environment: Mapping[str, str] | None) -> tuple[str, ...]:
    """See that LiteLLM would start on a config with these variables; null where an image of one's own may set more.

    Raises BadFile with file, line and cause of what would stop it; the rules are those of `hubctl config check`.
    """
    if config is None:
        return ()
    found = judge.stoppers(RULES, disk.read_text(config), config, litellm_facts.load(), environment=environment)
    if not found:
        return ()
    told = [f"{each.file}{f', line {each.line}' if each.line else ''}: {each.message} ({each.rule})" for each in found]
    raise BadFile(
        "the gateway was left as it is, for it would not start: " + "; ".join(told[:MOST]),
        hint=f"{found[0].fix}; `hubctl config check` tells more, and --force starts it all the same",
    )
