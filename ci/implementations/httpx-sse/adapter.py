"""The ssespec adapter for the PyPI package `httpx-sse`, a reader that does not reconnect.

It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. It judges
nothing.
"""

import asyncio
import json
import sys
from importlib.metadata import version

import httpx
from httpx_sse import aconnect_sse


def tell(**message):
    print(json.dumps(message), flush=True)


tasks = {}  # By session, until it ends.
certificates = httpx.create_ssl_context()  # Loaded once: it takes 20 ms, which would delay other sessions.


async def connect(session, order):
    """Runs one session; leaving the `async with` closes the connection, even when canceled."""
    try:
        # No timeouts, because a stream may be silent for long; otherwise as in the package's README.
        async with httpx.AsyncClient(timeout=None, verify=certificates) as client:
            options = {"headers": order["headers"], "content": order["body"] or None}
            async with aconnect_sse(client, order["method"], order["url"], **options) as source:
                async for event in source.aiter_sse():
                    shown = {"type": event.event, "data": event.data, "id": event.id}
                    tell(session=session, event=shown)
                    if order.get("closeIn") == "event":
                        return
    except Exception as error:
        tell(session=session, error={"message": str(error) or type(error).__name__})
    finally:
        del tasks[session]
        tell(session=session, closed={})


async def main():
    tell(hello={
        "protocol": 1,
        "role": "client",
        "name": "httpx-sse",
        "version": version("httpx-sse"),
        "language": "Python",
        "sessions": 64,
        "capabilities": ["requests", "close", "headers", "methods", "errors", "event-type", "event-id"],
    })
    while line := await asyncio.to_thread(sys.stdin.buffer.readline):
        order = json.loads(line)
        session = order["session"]
        if "connect" in order:
            tasks[session] = asyncio.create_task(connect(session, order["connect"]))
        elif "close" in order and session in tasks:
            tasks[session].cancel()


asyncio.run(main())
