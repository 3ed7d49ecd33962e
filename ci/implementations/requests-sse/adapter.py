"""The ssespec adapter for the PyPI package `requests-sse`, with its default settings.

It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. It judges
nothing.
"""

import json
import multiprocessing
import sys
import threading
from importlib.metadata import version

import requests
from requests_sse import EventSource

lock = threading.Lock()
readers = {}  # One process per session: an iteration that waits, for an event or to reconnect, cannot be ended otherwise.


def say(**message):
    with lock:
        print(json.dumps(message), flush=True)


def read(order, messages):
    def tell(kind, **content):
        messages.send({kind: content})
        if order.get("closeIn") == kind:
            source.close()
            sys.exit()

    source = EventSource(
        order["url"],
        method=order["method"],
        headers=order["headers"],
        data=order["body"] or None,
        latest_event_id=order["lastEventId"] or None,
        verify=order.get("caFile", True),
        on_open=lambda: tell("opened", readyState=source.ready_state),
        on_error=lambda: tell("error", readyState=source.ready_state),
    )
    try:
        with source:
            for event in source:
                tell("event", type=event.type, data=event.data, id=event.last_event_id, origin=event.origin)
    except requests.RequestException:
        pass  # on_error has told it.
    except Exception as problem:
        tell("error", message=str(problem))


def watch(session, messages):
    try:
        while True:
            say(session=session, **messages.recv())
    except (EOFError, OSError):  # It has ended, or was terminated while sending.
        readers.pop(session).join()
        say(session=session, closed={})


def main():
    say(hello={
        "protocol": 1, "role": "client", "name": "requests-sse", "version": version("requests-sse"), "language": "Python",
        "sessions": 8,
        "capabilities": [
            "reconnect", "initial-last-event-id", "headers", "methods", "opened", "errors", "event-type", "event-id",
            "origin", "tls",
        ],
    })
    for line in sys.stdin.buffer:
        order = json.loads(line)
        session = order["session"]
        if "connect" in order:
            messages, sender = multiprocessing.Pipe(duplex=False)
            reader = multiprocessing.Process(target=read, args=(order["connect"], sender), daemon=True)
            with lock:  # So that a fork copies no half-written line.
                reader.start()
            sender.close()
            readers[session] = reader
            threading.Thread(target=watch, args=(session, messages), daemon=True).start()
        elif "close" in order and (reader := readers.get(session)):
            reader.terminate()


main()
