"""Edits of the model entries of a litellm config: text to text, on the touched lines alone."""

from hubctl.core.models.edit.add import add
from hubctl.core.models.edit.check import Edited
from hubctl.core.models.edit.find import find
from hubctl.core.models.edit.toggle import disable, enable

__all__ = ["Edited", "add", "disable", "enable", "find"]
