"""Edits of the model entries of a litellm config: text to text, on the touched lines alone."""

from hubctl.core.model_edit.add import add
from hubctl.core.model_edit.check import Edited
from hubctl.core.model_edit.find import find
from hubctl.core.model_edit.toggle import disable, enable

__all__ = ["Edited", "add", "disable", "enable", "find"]
