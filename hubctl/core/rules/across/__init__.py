"""Rules about what several files say together."""

from hubctl.core.rules.across import addresses, keys, master, webui

GROUPS = (addresses.RULES, keys.RULES, master.RULES, webui.RULES)
