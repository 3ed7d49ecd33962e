"""The ssespec adapter for the PyPI package `aiohttp-sse-client2`, with its default settings.

It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. It judges
nothing.
"""

import asyncio
import json
import ssl
import sys
from importlib.metadata import version

from aiohttp_sse_client2.client import EventSource


def tell(**message):
    print(json.dumps(message), flush=True)


tasks = {}  # By session, until it ends.


async def connect(session, order):
    """Runs one session; leaving the `async with` closes the connection, even when canceled."""
    told = False

    def say(kind, **content):
        nonlocal told
        told = kind == "error"
        tell(session=session, **{kind: content})
        if order.get("closeIn") == kind != "event":
            tasks[session].cancel()

    try:
        source = EventSource(
            order["url"],
            option={"method": order["method"]},
            headers=order["headers"],
            data=order["body"] or None,
            on_open=lambda: say("opened", readyState=source.ready_state),
            on_error=lambda: say("error", readyState=source.ready_state),
            **({"ssl": ssl.create_default_context(cafile=order["caFile"])} if "caFile" in order else {}),
        )
        async with source:
            async for event in source:
                # The package's representation of the default type is None.
                say("event", type=event.type or "message", data=event.data, id=event.last_event_id, origin=event.origin)
                if order.get("closeIn") == "event":
                    return
    except Exception as error:
        if not told:  # by on_error
            say("error", message=str(error) or type(error).__name__)
    finally:
        del tasks[session]
        tell(session=session, closed={})


async def main():
    tell(hello={
        "protocol": 1, "role": "client", "name": "aiohttp-sse-client2", "version": version("aiohttp-sse-client2"),
        "language": "Python", "sessions": 64,
        "capabilities": [
            "reconnect", "close", "headers", "methods", "opened", "errors", "event-type", "event-id", "origin", "tls",
        ],
    })
    while line := await asyncio.to_thread(sys.stdin.buffer.readline):
        order = json.loads(line)
        session = order["session"]
        if "connect" in order:
            tasks[session] = asyncio.create_task(connect(session, order["connect"]))
        elif "close" in order and session in tasks:
            tasks[session].cancel()


asyncio.run(main())
