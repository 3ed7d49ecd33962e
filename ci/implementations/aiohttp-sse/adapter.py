"""The ssespec adapter for the PyPI package `aiohttp-sse`, on aiohttp's own server."""

import asyncio
import json
import os
import sys
from importlib.metadata import version

from aiohttp import web
from aiohttp_sse import sse_response

topics = {}  # The streams, by session, until it is closed.
stopped = set()


def tell(**message):
    print(json.dumps(message), flush=True)


async def events(request):
    session = int(request.match_info["session"])
    streams = topics.get(session)
    if streams is None or session in stopped:
        return web.Response(status=404 if streams is None else 204)
    async with sse_response(request) as stream:
        streams.add(stream)
        tell(session=session, connected={"lastEventId": stream.last_event_id or ""})
        try:
            await stream.wait()  # Until `end`, or the client has left.
        finally:
            if stream in streams:
                streams.remove(stream)
                tell(session=session, disconnected={})
    return stream


async def emit(session, data, type=None, id=None, retry=None):
    # A send finishes when the client reads it, which may be never; a refusal is immediate.
    sends = [asyncio.ensure_future(stream.send(data, id=id, event=type, retry=retry)) for stream in topics[session]]
    done, _ = await asyncio.wait(sends, timeout=0.1) if sends else (set(), None)
    refusals = [error for send in done if isinstance(error := send.exception(), (TypeError, ValueError))]
    tell(session=session, **({"refused": {"message": str(refusals[0])}} if refusals else {"emitted": {}}))


def end(streams):
    for stream in streams:
        stream.stop_streaming()
    streams.clear()


async def obey(port, session, **order):
    if "serve" in order:
        topics[session] = set()
        tell(session=session, serving={"url": f"http://127.0.0.1:{port}/{session}"})
    elif session not in topics:
        return  # It is closed.
    elif "emit" in order:
        await emit(session, **order["emit"])
    elif "end" in order:
        end(topics[session])
    elif "stop" in order:
        stopped.add(session)
        tell(session=session, stopped={})
    elif "close" in order:
        end(topics.pop(session))
        tell(session=session, closed={})


async def main():
    app = web.Application()
    app.router.add_route("*", "/{session}", events)
    # aiohttp ends the handler of a client that has left only if asked to.
    runner = web.AppRunner(app, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    tell(hello={
        "protocol": 1, "role": "server", "name": "aiohttp-sse", "version": version("aiohttp-sse"), "language": "Python",
        "sessions": 64, "capabilities": ["event-type", "event-id", "retry-text", "end", "disconnects", "no-content"],
    })
    while line := await asyncio.to_thread(sys.stdin.buffer.readline):
        await obey(runner.addresses[0][1], **json.loads(line))
    os._exit(0)


asyncio.run(main())
