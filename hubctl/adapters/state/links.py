"""Links that lead from one hub's folder into another's, as a copy may have: what they lead to is not its own."""

import os
from pathlib import Path

from hubctl.adapters.state.identity import IdentityNote
from hubctl.errors import NotOwned


def other_hub(path: Path, root: Path) -> Path | None:
    """Give the folder of the other hub that a path of a hub leads into through a link; null where it leads into none.

    A hub is known by its note. A path that the hub's files name without a link is the operator's word.
    """
    home, real = os.path.realpath(root), os.path.realpath(path)
    if os.path.normpath(os.path.join(home, os.path.relpath(path, root))) == real:  # noqa: PTH118 - text, for normpath
        return None
    above = next((each for each in Path(real).parents if str(each) == home or IdentityNote(each).read()), None)
    return None if above is None or str(above) == home else above


def own(path: Path, root: Path) -> Path:
    """Give a path of a hub. Raises NotOwned where it leads into another one."""
    if other := other_hub(path, root):
        raise NotOwned(
            f"{path} leads through a link into the hub in {other}",
            hint=f"`--hub {other}` names that hub; to change this one, remove the link (files need a copy)",
        )
    return path
