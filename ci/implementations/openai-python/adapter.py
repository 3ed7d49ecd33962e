"""The ssespec adapter for the event stream decoder of the PyPI package `openai`, which reads a response of httpx2.

It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. It judges
nothing. Stream, which applications see, takes only events whose data is JSON.
"""

import asyncio
import json
import sys
from importlib.metadata import version

import httpx2
from openai._streaming import SSEDecoder


def tell(**message):
    print(json.dumps(message), flush=True)


tasks = {}  # By session, until it ends.
certificates = httpx2.create_ssl_context()  # Loaded once: it takes 20 ms, which would delay other sessions.


async def connect(session, url):
    """Runs one session; leaving the `async with` closes the connection, even when canceled."""
    try:
        async with httpx2.AsyncClient(timeout=None, verify=certificates) as client:
            async with client.stream("GET", url, headers={"Accept": "text/event-stream"}) as response:
                async for event in SSEDecoder().aiter_bytes(response.aiter_bytes()):
                    kind = "message" if event.event is None else event.event
                    tell(session=session, event={"type": kind, "data": event.data, "id": event.id or ""})
    except Exception as error:
        tell(session=session, error={"message": str(error) or type(error).__name__})
    finally:
        del tasks[session]
        tell(session=session, closed={})


async def main():
    tell(hello={
        "protocol": 1, "role": "client", "name": "openai-python", "version": version("openai"), "language": "Python",
        "sessions": 64, "capabilities": ["event-type", "event-id"],
    })
    while line := await asyncio.to_thread(sys.stdin.buffer.readline):
        order = json.loads(line)
        session = order["session"]
        if "connect" in order:
            tasks[session] = asyncio.create_task(connect(session, order["connect"]["url"]))
        elif "close" in order and session in tasks:
            tasks[session].cancel()


asyncio.run(main())
