"""The ssespec adapter for the PyPI package `sse-starlette`, with Starlette on uvicorn.

It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. The package
writes the bytes of the streams.
"""

import asyncio
import json
import os
import sys
from importlib.metadata import version

import anyio
import uvicorn
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route


class Topic:
    def __init__(self, session):
        self.session = session
        self.streams = set()
        self.stopped = False
        self.leaving = False

    def tell(self, **message):
        print(json.dumps({"session": self.session, **message}), flush=True)

    def end(self):
        for stream in self.streams:
            stream.put_nowait(None)
        self.streams.clear()


topics = {}  # By session, until it is closed.


async def events(request):
    topic = topics.get(request.path_params["session"])
    if topic is None:
        return Response(status_code=404)
    if topic.stopped:
        return Response(status_code=204)
    stream = asyncio.Queue()
    shutdown = anyio.Event()

    async def generate():
        while (event := await stream.get()) is not None:
            yield event

    async def left(_message):
        if stream in topic.streams:
            topic.streams.remove(stream)
            topic.tell(disconnected={})

    async def shut_down():
        await shutdown.wait()
        topic.streams.discard(stream)
        stream.put_nowait(None)

    topic.streams.add(stream)
    topic.tell(connected={"lastEventId": request.headers.get("last-event-id", "")})
    # The cooperative shutdown from the package's README.
    return EventSourceResponse(
        generate(),
        client_close_handler_callable=left,
        data_sender_callable=shut_down,
        shutdown_event=shutdown,
        shutdown_grace_period=2,
    )


def emit(topic, order):
    event = ServerSentEvent(
        order.get("data"),
        event=order.get("type"),
        id=order.get("id"),
        retry=order.get("retry"),
        comment=order.get("comment"),
    )
    for stream in topic.streams:
        stream.put_nowait(event)


def obey(server, order):
    session = order["session"]
    topic = topics.get(session)
    if "serve" in order:
        topics[session] = topic = Topic(session)
        port = server.servers[0].sockets[0].getsockname()[1]
        topic.tell(serving={"url": f"http://127.0.0.1:{port}/{session}"})
    elif topic is None:
        return  # The session is closed.
    elif "emit" in order:
        try:
            emit(topic, order["emit"])
            topic.tell(emitted={})
        except Exception as error:
            topic.tell(refused={"message": str(error)})
    elif "end" in order:
        topic.end()
    elif "stop" in order:
        topic.stopped = True
        topic.tell(stopped={})
    elif "shutdown" in order:
        topic.leaving = True
        server.should_exit = True
    elif "close" in order:
        topic.end()
        del topics[session]
        topic.tell(closed={})


async def main():
    app = Starlette(routes=[Route("/{session:int}", events)])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    print(json.dumps({"hello": {
        "protocol": 1,
        "role": "server",
        "name": "sse-starlette",
        "version": version("sse-starlette"),
        "language": "Python",
        "sessions": 64,
        "capabilities": [
            "event-type", "event-id", "comments", "retry", "retry-text", "end", "disconnects", "no-content", "shutdown",
        ],
    }}), flush=True)

    async def read_orders():
        while line := await asyncio.to_thread(sys.stdin.buffer.readline):
            obey(server, json.loads(line))

    # Whichever comes first: the end of stdin, or of the server after `shutdown`.
    orders = asyncio.create_task(read_orders())
    await asyncio.wait({serving, orders}, return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        for topic in topics.values():
            if topic.leaving:
                topic.tell(closed={})
    # The thread that reads stdin cannot be canceled.
    os._exit(0)


asyncio.run(main())
