import pytest

from hubctl.adapters.docker.second_containers import network_for


@pytest.mark.parametrize("mode", ["hub_default", "custom", "bridge"])
def test_the_network_of_the_running_gateway_is_used(mode: str) -> None:
    assert network_for(mode) == mode


@pytest.mark.parametrize("mode", ["default", "host", "none", "container:0123"])
def test_where_no_port_can_be_published_on_it_the_bridge_is(mode: str) -> None:
    assert network_for(mode) == "bridge"
