"""Rules about the compose file."""

from hubctl.core.rules.compose import document, health, misread, services

GROUPS = (document.RULES, misread.RULES, health.RULES, services.RULES)
