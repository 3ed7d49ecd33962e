"""Mock servers for the tests of this folder."""

import subprocess
from pathlib import Path

import pytest


@pytest.fixture
def mock_server():
    """Starts `ssespec mock` with a scenario, and fails the test if the scenario's expectations were not met."""
    servers = []

    def start(scenario):
        command = ["ssespec", "mock", Path(__file__).with_name(scenario), "--verify", "--print-url"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        servers.append(server)
        return server.stdout.readline().strip()

    yield start
    for server in servers:
        server.terminate()
        _, journal = server.communicate()
        assert server.returncode == 0, journal
