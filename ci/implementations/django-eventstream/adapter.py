"""The ssespec adapter for the PyPI package `django-eventstream`, with Django on uvicorn.

It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. The package
writes the bytes of the streams: send_event() takes a type and data, and assigns ids from its storage, a
database as its README recommends.
"""

import asyncio
import json
import os
import sys
import threading
from importlib.metadata import version

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"

import django
import uvicorn
from asgiref.sync import sync_to_async
from django.core.asgi import get_asgi_application
from django.core.management import call_command
from django.http import HttpResponse
from django.urls import path

django.setup()

from django_eventstream import channel_permission_changed, send_event
from django_eventstream.channelmanager import DefaultChannelManager
from django_eventstream.views import events


class Topic:
    def __init__(self, session):
        self.session = session
        self.channel = str(session)
        self.orders = asyncio.Queue()
        self.stopped = False
        self.closed = False

    def tell(self, **message):
        with lines:
            # A stream may briefly outlive its session.
            if topics.get(self.session) is self:
                print(json.dumps({"session": self.session, **message}), flush=True)
            if "closed" in message:
                del topics[self.session]


lines = threading.Lock()  # Django runs the view in a thread.
topics = {}  # By session, until it is closed.


class ChannelManager(DefaultChannelManager):
    def can_read_channel(self, user, channel):
        topic = topics.get(int(channel))
        return topic is not None and not topic.closed


async def watched(topic, last_event_id, parts):
    """Wraps a streaming response's content, as in Django's middleware docs, to see it start and break off."""
    connected = False
    try:
        async for part in parts:
            # An event sent before the first part is created may be lost.
            if not connected:
                topic.tell(connected={"lastEventId": last_event_id})
                connected = True
            yield part
    except (asyncio.CancelledError, GeneratorExit):
        topic.tell(disconnected={})
        raise


def stream(request, session):
    topic = topics.get(session)
    if topic is None:
        return HttpResponse(status=404)
    if topic.stopped:
        return HttpResponse(status=204)
    response = events(request, channel=topic.channel)
    if response.streaming:
        last_event_id = request.headers.get("Last-Event-ID", "")
        response.streaming_content = watched(topic, last_event_id, response.streaming_content)
    else:
        # A stream with a single event that reports an error.
        topic.tell(connected={"lastEventId": request.headers.get("Last-Event-ID", "")})
    return response


urlpatterns = [path("<int:session>", stream)]


async def run(topic):
    """Obeys the orders of one session; waiting for send_event() delays no other session."""
    while topics.get(topic.session) is topic:
        await obey(topic, await topic.orders.get())


async def obey(topic, order):
    if "emit" in order:
        event_type, data = order["emit"].get("type", "message"), order["emit"]["data"]
        try:
            # Data is text here, not JSON.
            await sync_to_async(send_event)(topic.channel, event_type, data, json_encode=False)
            topic.tell(emitted={})
        except Exception as error:
            topic.tell(refused={"message": str(error)})
    elif "stop" in order:
        topic.stopped = True
        topic.tell(stopped={})
    elif "close" in order:
        # The package's only way to end streams: revoke their user's permission to read the channel.
        topic.closed = True
        await sync_to_async(channel_permission_changed)(None, topic.channel)
        topic.tell(closed={})


async def serve():
    config = uvicorn.Config(get_asgi_application(), host="127.0.0.1", port=0, lifespan="off", log_level="warning")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    print(json.dumps({"hello": {
        "protocol": 1,
        "role": "server",
        "name": "django-eventstream",
        "version": version("django-eventstream"),
        "language": "Python",
        "sessions": 64,
        "capabilities": ["event-type", "own-id", "disconnects", "no-content", "resume"],
        # Each stream starts with stream-open, and an idle stream gets keep-alive.
        "ownEvents": ["stream-open", "keep-alive"],
    }}), flush=True)
    while line := await asyncio.to_thread(sys.stdin.buffer.readline):
        order = json.loads(line)
        session = order["session"]
        if "serve" in order:
            topics[session] = topic = Topic(session)
            topic.running = asyncio.create_task(run(topic))
            topic.tell(serving={"url": f"http://127.0.0.1:{port}/{session}"})
        elif session in topics:
            topics[session].orders.put_nowait(order)


call_command("migrate", verbosity=0)
asyncio.run(serve())
