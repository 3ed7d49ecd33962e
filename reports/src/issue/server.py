#!/usr/bin/env python3
# Sends what the client got in the session below: one response for each request, in the order of the requests, in the
# same writes, with the same pauses, and with the same ends of its connections.
#
#   python3 server.py [PORT]
#
# Needs Python 3.7 or newer, and nothing else.
import re
import socket
import struct
import sys
import threading
import time

FIN, RESET = "FIN", "RESET"
LAST_CHUNK = b"0\r\n\r\n"


def chunk(data):
    """One chunk of the chunked transfer coding."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def each_byte(pause, code, data):
    """A write for each byte."""
    return [(pause, code(data[at : at + 1])) for at in range(len(data))]


def repeat(code, pattern, total):
    """Writes of a repeated pattern."""

    def writes():
        size = max(1, 65536 // len(pattern)) * len(pattern)
        for at in range(0, total, size):
            yield code((pattern * (size // len(pattern)))[: min(size, total - at)])

    return writes


def refuse(milliseconds):
    """Refuses connections for a while."""

    def stop():
        global closed_until
        closed_until = time.monotonic() + milliseconds / 1000
        for listener in list(listeners.values()):
            try:
                listener.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        say("refusing connections for %d ms" % milliseconds)
        return []

    return stop


closed_until = 0
listeners = {}


def listen(port):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(64)
    listener.settimeout(0.02)
    listeners[listener.getsockname()[1]] = listener
    return listener.getsockname()[1]


PORT = listen(int(sys.argv[1]) if len(sys.argv) > 1 else 8000)
BASE = b"127.0.0.1:%d" % PORT
#OTHER#OTHER = b"127.0.0.1:%d" % listen(0)

# What each request gets: pauses in milliseconds, each with the bytes of one write, or with how the connection ends.
RESPONSES = [
#RESPONSES#]

lock = threading.Lock()
requests = 0
started = time.monotonic()


def say(text):
    print("%7.3f s  %s" % (time.monotonic() - started, text), flush=True)


def read_request(connection, received):
    """The head of a request, and what was received after the request."""
    while b"\r\n\r\n" not in received:
        data = connection.recv(65536)
        if not data:
            return None, b""
        received += data
    head, received = received.split(b"\r\n\r\n", 1)
    length = re.search(rb"(?i)\ncontent-length: *(\d+)", head)
    length = int(length.group(1)) if length else 0
    while len(received) < length:
        data = connection.recv(65536)
        if not data:
            return None, b""
        received += data
    return head, received[length:]


def serve(connection):
    global requests
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    received = b""
    try:
        while True:
            head, received = read_request(connection, received)
            if head is None:
                break
            with lock:
                number = requests
                requests += 1
            last_id = re.search(rb"(?i)\r\nlast-event-id: *([^\r]*)", head)
            say("request %d: %s%s" % (
                number + 1,
                head.split(b"\r\n", 1)[0].decode("latin-1"),
                ", Last-Event-ID: " + last_id.group(1).decode("utf-8", "replace") if last_id else "",
            ))
            if number >= len(RESPONSES):
                say("request %d gets no response: the session had %d requests" % (number + 1, len(RESPONSES)))
                continue
            for pause, what in RESPONSES[number]:
                time.sleep(pause / 1000)
                if what == FIN:
                    say("response %d: FIN" % (number + 1))
                    connection.shutdown(socket.SHUT_WR)
                elif what == RESET:
                    say("response %d: RST" % (number + 1))
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    connection.close()
                else:
                    for data in what() if callable(what) else [what]:
                        connection.sendall(data)
            if connection.fileno() < 0:
                return
    except OSError as error:
        say("the client left: %s" % error)
    finally:
        connection.close()


def accept(port):
    while True:
        while time.monotonic() < closed_until:
            time.sleep(0.005)
        if listeners.get(port) is None:
            listen(port)
        try:
            connection, _ = listeners[port].accept()
        except socket.timeout:
            continue
        except OSError:
            listeners.pop(port).close()
            continue
        connection.settimeout(None)
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


say("serving at http://127.0.0.1:%d/" % PORT)
for port in list(listeners):
    threading.Thread(target=accept, args=(port,), daemon=True).start()
try:
    while True:
        time.sleep(3600)
except KeyboardInterrupt:
    pass
