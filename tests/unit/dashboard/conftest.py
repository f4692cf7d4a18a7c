"""A dashboard of a hub whose services are scripted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hubctl.core.compose.stack import LogLine
from tests.fakes import GATEWAY, FakeRuntime, instance, run_of
from tests.servers import routes, serving
from tests.unit.dashboard.asking import Desk


@pytest.fixture
def desk(hub_folder: Path) -> Iterator[Desk]:
    """A gateway that answers, as the only service that runs."""
    with serving(routes(GATEWAY)) as address:
        log = [LogLine("litellm", "one"), LogLine("litellm", "two")]
        yield Desk(FakeRuntime([[run_of("litellm", "gateway", instance(), address=address)]], log=log), hub_folder)
