"""What the tests of the dashboard share: a hub of their module, and a dashboard that runs on it."""

from collections.abc import Iterator

import pytest

from tests.dashboards import Dashboard, dashboard
from tests.gateway.dashboard_stand import Stand, standing


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with standing(tmp_path_factory.mktemp("dashboard")) as found:
        yield found


@pytest.fixture(scope="module")
def board(stand: Stand) -> Iterator[Dashboard]:
    with dashboard(stand.root, stand.env) as found:
        yield found
