import os
import socket
import subprocess
from pathlib import Path

import pytest

from hubctl.adapters.net import ports
from hubctl.errors import HubError, PortTaken
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


def test_a_port_is_taken_once_and_its_second_taker_hears_by_whom() -> None:
    with ports.listening("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        assert not ports.is_free("127.0.0.1", port)
        with pytest.raises(PortTaken, match=rf"port {port} of this machine is taken by .* \(pid {os.getpid()}\)"):
            ports.listening("127.0.0.1", port)


def test_an_address_that_is_not_this_machines_is_one_message() -> None:
    with pytest.raises(HubError, match="cannot be used: Cannot assign requested address"):
        ports.listening("192.0.2.1", 0)


@pytest.mark.process
def test_a_port_is_anothers_unless_its_own_process_or_one_that_shares_its_file_has_it(tmp_path: Path) -> None:
    shared = tmp_path / "lock"
    with shared.open("w") as lock, socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert not ports.is_others(port, os.getpid(), tmp_path / "nothing")
        with subprocess.Popen(["sleep", "60"]) as other:
            assert ports.is_others(port, other.pid, tmp_path / "nothing")
            assert not ports.is_others(port, other.pid, shared)
            other.kill()
        lock.write("")
    assert not ports.is_others(port, 1, tmp_path / "nothing")  # nobody listens any more


@pytest.mark.process
def test_a_port_is_its_own_while_it_listens_there_itself(tmp_path: Path) -> None:
    """A port on which nobody listens any more is nobody's: who took the connection may have closed it since."""
    nothing = tmp_path / "nothing"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert ports.is_own(port, os.getpid(), nothing)
        with subprocess.Popen(["sleep", "60"]) as other:
            assert not ports.is_own(port, other.pid, nothing)
            other.kill()
    assert not ports.is_own(port, os.getpid(), nothing)


def test_who_listens_at_another_address_has_nothing_to_do_with_it(tmp_path: Path) -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:
        assert not ports.is_others(listener.getsockname()[1], 1, tmp_path / "nothing")
    with socket.create_server(("0.0.0.0", 0)) as listener:
        assert ports.is_others(listener.getsockname()[1], 1, tmp_path / "nothing")
