"""An application's reader against a server that drops its first connection."""

import time

import requests
import sseclient


def read(url, count):
    """The application: reads this many events, and reconnects after the last one it has."""
    events = []
    while len(events) < count:
        headers = {"Accept": "text/event-stream"}
        if events:
            headers["Last-Event-ID"] = events[-1].id
        try:
            with requests.get(url, headers=headers, stream=True, timeout=5) as response:
                response.raise_for_status()
                for event in sseclient.SSEClient(response).events():
                    events.append(event)
                    if len(events) == count:
                        break
        except requests.RequestException:
            time.sleep(0.1)
    return events


def test_resumes_after_a_dropped_connection(mock_server):
    url = mock_server("drop-and-resume.toml")
    events = read(url + "stream", count=2)

    assert [event.data for event in events] == ["first", "second"]
