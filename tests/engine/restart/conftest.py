"""One hub with a paid provider for each module: each test finds it as it was when it was made."""

from collections.abc import Iterator

import pytest

from tests.engine.restart.paid_hub import is_settled, paid_hub, settle
from tests.real_hub import Files, RealHub, own_name


@pytest.fixture(scope="module")
def made(engine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RealHub, Files]]:
    with paid_hub(tmp_path_factory.mktemp("restart") / own_name("restart")) as hub:
        yield hub, Files.of(hub)


@pytest.fixture
def before(made: tuple[RealHub, Files]) -> Files:
    """The files as they were when the hub was made."""
    return made[1]


@pytest.fixture
def hub(made: tuple[RealHub, Files]) -> RealHub:
    """The hub, settled: whatever the test before has left is gone."""
    hub, files = made
    if not is_settled(hub, files):
        settle(hub, files)
    return hub
