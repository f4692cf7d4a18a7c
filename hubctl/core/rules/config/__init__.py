"""Rules about the litellm config."""

from hubctl.core.rules.config import behaviour, cache, document, entries, routing, settings, targets

GROUPS = (document.RULES, entries.RULES, targets.RULES, settings.RULES, cache.RULES, routing.RULES, behaviour.RULES)
