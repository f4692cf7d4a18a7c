"""Which of the three kinds of files a text is, told by what stands in it. No I/O."""

import re
from typing import Literal

Kind = Literal["config", "compose", "env"]

_CONFIG = re.compile(
    r"^[ \t]*[\"']?(?:model_list|litellm_settings|router_settings|general_settings)[\"']?[ \t]*:"
    r"|^[ \t]*(?:-[ \t]+)?[\"']?(?:model_name|litellm_params)[\"']?[ \t]*:",
    re.MULTILINE,
)
_COMPOSE = re.compile(r"^[\"']?(?:services|x-[\w-]+)[\"']?[ \t]*:", re.MULTILINE)
_ASSIGNMENT = re.compile(r"^[ \t]*(?:export[ \t]+)?[A-Za-z_][\w.-]*[ \t]*=", re.MULTILINE)
_YAML_ENDS = (".yaml", ".yml")


def kind_of(text: str, name: str) -> Kind | None:
    """Tell the kind of a file; null for a file that is none of them. `name` decides only where the text is silent."""
    if _COMPOSE.search(text) and not re.search(r"^model_list[ \t]*:", text, re.MULTILINE):
        return "compose"
    if _CONFIG.search(text):
        return "config"
    lowered = name.lower()
    if _ASSIGNMENT.search(text) and not lowered.endswith(_YAML_ENDS):
        return "env"
    if lowered.endswith(_YAML_ENDS):
        return "compose" if "compose" in lowered else "config" if "litellm" in lowered or "config" in lowered else None
    return "env" if re.search(r"(?:^|[._-])env(?:[._-]|$)", lowered) else None
