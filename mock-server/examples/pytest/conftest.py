"""Mock servers for the tests of this folder."""

import json
import subprocess
from pathlib import Path

import pytest


class MockServer:
    """`ssespec mock` with the scenario of this name in this folder."""

    def __init__(self, scenario):
        command = ["ssespec", "mock", Path(__file__).with_name(scenario), "--format", "json"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = json.loads(self.process.stdout.readline())["listening"]

    def requests(self):
        """Stops the server, and returns the header fields of each request that it received."""
        self.process.terminate()
        entries = [json.loads(line) for line in self.process.stdout]
        return [dict(entry["headers"]) for entry in entries if entry["what"] == "request"]


@pytest.fixture
def mock_server():
    servers = []

    def start(scenario):
        servers.append(MockServer(scenario))
        return servers[-1]

    yield start
    for server in servers:
        server.process.terminate()
        server.process.wait()
        server.process.stdout.close()
