"""The ssespec adapter for the PyPI package `launchdarkly-eventsource`.

It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. It judges
nothing.
"""

import json
import sys
import threading
from importlib.metadata import version

from ld_eventsource import SSEClient
from ld_eventsource.actions import Comment, Event, Fault, Start
from ld_eventsource.config import ConnectStrategy, ErrorStrategy
from urllib3 import PoolManager

lock = threading.Lock()
clients = {}  # By session, until it ends.


def tell(**message):
    with lock:
        print(json.dumps(message), flush=True)


def shown(action):
    if isinstance(action, Event):
        return "event", {"type": action.event, "data": action.data, "id": action.last_event_id or ""}
    if isinstance(action, Comment):
        return "comment", {"text": action.comment}
    if isinstance(action, Start):
        return "opened", {}
    return "error", {"message": str(action.error)}


def run(session, order, client):
    try:
        for action in client.all:
            kind, content = shown(action)
            if kind == "comment" and order.get("comments") is False:
                continue
            tell(session=session, **{kind: content})
            if order.get("closeIn") == kind:
                client.close()
                break
    except Exception as problem:
        tell(session=session, error={"message": str(problem)})
    if clients.pop(session, None):
        tell(session=session, closed={})


def main():
    tell(hello={
        "protocol": 1, "role": "client", "name": "launchdarkly-eventsource-python", "language": "Python", "sessions": 64,
        "version": version("launchdarkly-eventsource"),
        "capabilities": [
            "reconnect", "close", "initial-last-event-id", "headers", "opened", "errors", "event-type", "event-id", "comments",
            "tls",
        ],
    })
    for line in sys.stdin.buffer:
        order = json.loads(line)
        session = order["session"]
        if connect := order.get("connect"):
            pool = PoolManager(ca_certs=connect["caFile"]) if "caFile" in connect else None
            clients[session] = client = SSEClient(
                ConnectStrategy.http(connect["url"], headers=connect["headers"], pool=pool),
                # Otherwise the first loss ends the iteration.
                error_strategy=ErrorStrategy.always_continue(),
                last_event_id=connect["lastEventId"] or None,
            )
            threading.Thread(target=run, args=(session, connect, client), daemon=True).start()
        elif "close" in order and (client := clients.pop(session, None)):
            client.close()  # its thread may be asleep, before the next attempt
            tell(session=session, closed={})


main()
