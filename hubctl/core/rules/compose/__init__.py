"""Rules about the compose file."""

from hubctl.core.rules.compose import document, misread, services

GROUPS = (document.RULES, misread.RULES, services.RULES)
