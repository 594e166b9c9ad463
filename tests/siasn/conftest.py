"""SIASN's stand-in on a port of this machine."""

import pytest

from siasn.client import Access, SiasnClient
from siasn.stand_in import StandIn, serve

NIP = "198508172010122998"


@pytest.fixture
def stand_in():
    return StandIn(people={NIP: "PERSON-1"}, late_seconds=0.6)


@pytest.fixture
def server(stand_in):
    running = serve(stand_in)
    yield running
    running.shutdown()
    running.server_close()


@pytest.fixture
def access(server):
    root = f"http://127.0.0.1:{server.server_port}"
    return Access(f"{root}/apisiasn/1.0", f"{root}/oauth2/token", "key", "secret", "sso", timeout=0.4)


@pytest.fixture
def client_of_siasn(access):
    return SiasnClient(access)
