"""All cases: those on which a rule fires, and those where it is quiet.

The first of each are what docs/rules.md shows as wrong and right, so they are short, and one corrects the other.
"""

from tests.unit.core.rules import (
    cases_compose,
    cases_document,
    cases_environment,
    cases_keys,
    cases_routing,
    cases_settings,
    cases_targets,
)
from tests.unit.core.rules.judging import Case

TABLES = [cases_document, cases_targets, cases_settings, cases_routing, cases_keys, cases_environment, cases_compose]
FIRES: dict[str, list[Case]] = {rule: cases for table in TABLES for rule, cases in table.FIRES.items()}
QUIET: dict[str, list[Case]] = {rule: cases for table in TABLES for rule, cases in table.QUIET.items()}
