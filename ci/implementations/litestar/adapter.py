"""The ssespec adapter for ServerSentEvent of the PyPI package `litestar`, on uvicorn."""

import asyncio
import json
import os
import sys
from importlib.metadata import version

import uvicorn
from litestar import Litestar, Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.response import ServerSentEvent, ServerSentEventMessage

topics = {}  # The queues of the streams, by session, until it is closed.
stopped = set()


def tell(**message):
    print(json.dumps(message), flush=True)


async def generate(session, streams, stream):
    try:
        while (event := await stream.get()) is not None:
            yield event
    finally:  # Canceled, because the client has left.
        if stream in streams:
            streams.remove(stream)
            tell(session=session, disconnected={})


@get("/{session:int}")
async def events(session: int, request: Request) -> Response:
    if session not in topics:
        raise NotFoundException()
    if session in stopped:
        return Response(None, status_code=204)
    stream = asyncio.Queue()
    topics[session].add(stream)
    tell(session=session, connected={"lastEventId": request.headers.get("last-event-id", "")})
    return ServerSentEvent(generate(session, topics[session], stream))


def emit(session, data=None, type=None, id=None, retry=None, comment=None):
    event = ServerSentEventMessage(data=data, event=type, id=id, retry=retry, comment=comment)
    for stream in topics[session]:
        stream.put_nowait(event)
    tell(session=session, emitted={})


def end(streams):
    for stream in streams:
        stream.put_nowait(None)
    streams.clear()


def obey(port, session, **order):
    if "serve" in order:
        topics[session] = set()
        tell(session=session, serving={"url": f"http://127.0.0.1:{port}/{session}"})
    elif session not in topics:
        return  # It is closed.
    elif "emit" in order:
        emit(session, **order["emit"])
    elif "end" in order:
        end(topics[session])
    elif "stop" in order:
        stopped.add(session)
        tell(session=session, stopped={})
    elif "close" in order:
        end(topics.pop(session))
        tell(session=session, closed={})


async def main():
    config = uvicorn.Config(Litestar([events]), host="127.0.0.1", port=0, log_level="warning")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())  # Kept, or it could be collected.
    while not server.started:
        await asyncio.sleep(0.01)
    tell(hello={
        "protocol": 1, "role": "server", "name": "litestar", "version": version("litestar"), "language": "Python", "sessions": 64,
        "capabilities": ["event-type", "event-id", "comments", "retry", "retry-text", "end", "disconnects", "no-content"],
    })
    while line := await asyncio.to_thread(sys.stdin.buffer.readline):
        obey(server.servers[0].sockets[0].getsockname()[1], **json.loads(line))
    os._exit(0)


asyncio.run(main())
