import json, multiprocessing, sys, threading
import requests, sseclient                                  # the client under test

def say(session, **message):
    print(json.dumps({"session": session, **message}), flush=True)

def read(session, url):
    try:
        response = requests.get(url, stream=True, headers={"Accept": "text/event-stream"})
        response.raise_for_status()
        for event in sseclient.SSEClient(response).events():
            say(session, event={"type": event.event, "data": event.data, "id": event.id or ""})
    except Exception as problem:
        say(session, error={"message": str(problem)})

def watch(session, reader):                                 # exactly one `closed`, however it ends
    reader.join()
    say(session, closed={})

def main():
    print(json.dumps({"hello": {"protocol": 1, "role": "client", "name": "sseclient-py", "version": "1.9.0",
                                "language": "Python", "capabilities": ["event-type", "event-id", "own-id"]}}), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        if "connect" in order:
            url = order["connect"]["url"]
            reader = multiprocessing.Process(target=read, args=(order["session"], url), daemon=True)
            reader.start()
            threading.Thread(target=watch, args=(order["session"], reader), daemon=True).start()
        elif "close" in order:
            reader.terminate()                              # the surest way to close a blocking reader

if __name__ == "__main__":
    main()
