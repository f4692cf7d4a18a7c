import signal
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from hubctl.adapters.net.bounded_socket import BoundedSocket, Deadline, connect
from hubctl.adapters.services import postgres_probe
from hubctl.core.compose.stack import Address
from tests.real_servers import PostgresCluster, postgres_cluster, postgres_server

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def cluster() -> Iterator[PostgresCluster]:
    with postgres_cluster() as made:
        yield made


def log_in_halfway(address: Address) -> BoundedSocket:
    sock = connect(address, Deadline(10))
    sock.sendall(postgres_probe._STARTUP)
    assert sock.recv(1) == b"R"
    return sock


def test_a_running_server_accepts_connections_and_logs_nothing(cluster: PostgresCluster) -> None:
    with postgres_server(cluster) as (address, _):
        before = (cluster.folder / "log").read_text()
        for _ in range(3):
            health = postgres_probe.check(address, 5)
            assert (health.state, health.detail) == ("healthy", "accepts connections")
        assert (cluster.folder / "log").read_text() == before


def test_a_full_server_is_unhealthy(cluster: PostgresCluster) -> None:
    options = ("-c", "max_connections=2", "-c", "superuser_reserved_connections=0", "-c", "max_wal_senders=0")
    with postgres_server(cluster, *options) as (address, _), ExitStack() as held:
        for _ in range(2):
            held.enter_context(log_in_halfway(address))
        health = postgres_probe.check(address, 5)
    assert (health.state, health.detail) == ("unhealthy", "has too many connections")


def test_a_server_that_waits_for_its_last_client_is_not_healthy(cluster: PostgresCluster) -> None:
    with postgres_server(cluster) as (address, process), log_in_halfway(address):
        process.send_signal(signal.SIGTERM)  # a "smart" shutdown
        health = postgres_probe.check(address, 5)
        while health.state == "healthy":
            health = postgres_probe.check(address, 5)
    assert (health.state, health.detail) == ("starting", "is starting up or shutting down")
