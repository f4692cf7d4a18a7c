"""Rules about env files, and what services get from them."""

from hubctl.core.rules.env import lines, variables

GROUPS = (lines.RULES, variables.RULES)
