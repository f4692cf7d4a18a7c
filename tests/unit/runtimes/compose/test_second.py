from pathlib import Path

import pytest

from hubctl.adapters.docker.engine import Engine
from hubctl.adapters.docker.engine_address import choose
from hubctl.core.compose.layout import Layout
from hubctl.errors import EngineRemote
from hubctl.progress import silent
from hubctl.runtimes.compose.second import Second


def test_no_containers_are_made_on_another_machine() -> None:
    root = Path("/srv/hub")
    hub = Layout(root, (root / "compose.local.yml",), None, services=(), notes=(), variables={}, data={})
    elsewhere = Engine(choose({"DOCKER_HOST": "ssh://ops@lab"}))
    with (
        pytest.raises(EngineRemote, match="hubctl only looks"),
        Second(hub, root / ".hubctl").run(elsewhere, [], "model_list: []", silent),
    ):
        pytest.fail("it runs")
