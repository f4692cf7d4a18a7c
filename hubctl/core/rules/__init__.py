"""Every rule of `hubctl config check`, by what it judges: the config, env files, the compose file, or several."""

from hubctl.core.judging.rule import Rule
from hubctl.core.rules import across, compose, config, env

_ROOMS = (config, env, compose, across)
RULES: tuple[Rule, ...] = tuple(
    sorted((rule for room in _ROOMS for group in room.GROUPS for rule in group), key=lambda rule: rule.id)
)
