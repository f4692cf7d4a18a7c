import os
import socket

import pytest

from hubctl.adapters import ports
from tests.real_servers import free_port


@pytest.mark.parametrize(("host", "family"), [("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)])
def test_a_held_port_is_not_free_and_its_owner_has_a_name(host: str, family: socket.AddressFamily) -> None:
    with socket.create_server((host, 0), family=family) as listener:
        port = listener.getsockname()[1]
        assert not ports.is_free(host, port)
        assert ports.owner(port).endswith(f" (pid {os.getpid()})")
    assert ports.is_free(host, port)


def test_a_port_held_on_every_address_is_not_free_on_loopback() -> None:
    with socket.create_server(("0.0.0.0", 0)) as listener:
        assert not ports.is_free("127.0.0.1", listener.getsockname()[1])


def test_the_owner_of_a_port_that_nobody_holds_is_not_made_up() -> None:
    assert ports.owner(free_port()) == "another program"


def test_a_free_port_can_be_listened_on() -> None:
    port = ports.free("127.0.0.1")
    assert ports.is_free("127.0.0.1", port)
    socket.create_server(("127.0.0.1", port)).close()
