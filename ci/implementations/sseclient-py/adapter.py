import json, multiprocessing, sys, threading
import requests, sseclient                                  # the client under test

lock = threading.Lock()
readers = {}                                                # one process per session: no session delays another

def say(**message):
    with lock:
        print(json.dumps(message), flush=True)

def read(url, messages):
    try:
        response = requests.get(url, stream=True, headers={"Accept": "text/event-stream"})
        response.raise_for_status()
        for event in sseclient.SSEClient(response).events():
            messages.send({"event": {"type": event.event, "data": event.data, "id": event.id or ""}})
    except Exception as problem:
        messages.send({"error": {"message": str(problem)}})

def watch(session, messages):                               # exactly one `closed`, however it ends
    try:
        while True:
            say(session=session, **messages.recv())
    except (EOFError, OSError):                             # OSError: it was terminated while sending
        readers.pop(session).join()
        say(session=session, closed={})

def main():
    say(hello={"protocol": 1, "role": "client", "name": "sseclient-py", "version": "1.9.0", "language": "Python",
               "sessions": 64, "capabilities": ["event-type", "event-id", "own-id"]})
    for line in sys.stdin:
        order = json.loads(line)
        session = order["session"]
        if "connect" in order:
            messages, sender = multiprocessing.Pipe(duplex=False)
            reader = multiprocessing.Process(target=read, args=(order["connect"]["url"], sender), daemon=True)
            with lock:                                      # so that a fork copies no half-written line
                reader.start()
            sender.close()
            readers[session] = reader
            threading.Thread(target=watch, args=(session, messages), daemon=True).start()
        elif "close" in order and (reader := readers.get(session)):
            reader.terminate()                              # the surest way to close a blocking reader

if __name__ == "__main__":
    main()
