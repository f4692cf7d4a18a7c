"""Paths that lead from one hub into another, as a copy's links and absolute paths may: what is there is not its own."""

import os
from pathlib import Path

from hubctl.adapters.state.identity import FOLDER, IdentityNote
from hubctl.errors import NotOwned


def other_hub(path: Path, root: Path) -> Path | None:
    """Give the folder of the other hub that a path of a hub leads into; null where it leads into none.

    A hub is known by its note. A path without a link is the operator's word, but for one from a copy to its original.
    """
    home, real = os.path.realpath(root), os.path.realpath(path)
    above = next((each for each in Path(real).parents if str(each) == home or IdentityNote(each).read()), None)
    if above is None or str(above) == home:
        return None
    plain = os.path.normpath(os.path.join(home, os.path.relpath(path, root)))  # noqa: PTH118 - text, for normpath
    return above if plain != real or _is_copy(Path(home), above) else None


def own(path: Path, root: Path) -> Path:
    """Give a path of a hub. Raises NotOwned where it leads into another one."""
    if other := other_hub(path, root):
        way = "remove the link" if path.name == FOLDER else "give it a file of its own there"
        raise NotOwned(
            f"{path} leads into another hub, {other}",
            hint=f"`--hub {other}` works with that hub; to work with this one, {way}",
        )
    return path


def _is_copy(root: Path, original: Path) -> bool:
    noted = IdentityNote(root).read()
    return noted is not None and os.path.realpath(noted.root) == str(original)
