"""The ssespec adapter for the Server-Sent Events of the PyPI package `fastapi`, on uvicorn."""

import asyncio
import json
import os
import sys
from importlib.metadata import version
from typing import Annotated

import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

topics = {}  # The queues of the streams, by session, until it is closed.
stopped = set()
app = FastAPI()


def tell(**message):
    print(json.dumps(message), flush=True)


def find(session: int):
    if session not in topics:
        raise HTTPException(404)
    if session in stopped:
        raise HTTPException(204)
    return topics[session]


@app.get("/{session}", response_class=EventSourceResponse)
async def events(session: int, request: Request, streams: Annotated[set, Depends(find)]):
    stream = asyncio.Queue()
    streams.add(stream)
    tell(session=session, connected={"lastEventId": request.headers.get("last-event-id", "")})
    try:
        while (event := await stream.get()) is not None:
            yield event
    finally:  # Canceled, because the client has left.
        if stream in streams:
            streams.remove(stream)
            tell(session=session, disconnected={})


def emit(session, data=None, type=None, id=None, retry=None, comment=None):
    try:
        event = ServerSentEvent(raw_data=data, event=type, id=id, retry=retry, comment=comment)
    except ValueError as error:
        return tell(session=session, refused={"message": str(error)})
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
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    serving = asyncio.create_task(server.serve())  # Kept, or it could be collected.
    while not server.started:
        await asyncio.sleep(0.01)
    tell(hello={
        "protocol": 1, "role": "server", "name": "fastapi", "version": version("fastapi"), "language": "Python", "sessions": 64,
        "capabilities": ["event-type", "event-id", "comments", "retry", "retry-text", "end", "disconnects", "no-content"],
    })
    while line := await asyncio.to_thread(sys.stdin.buffer.readline):
        obey(server.servers[0].sockets[0].getsockname()[1], **json.loads(line))
    os._exit(0)


asyncio.run(main())
