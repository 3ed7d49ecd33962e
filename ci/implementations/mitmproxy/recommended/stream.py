"""Event streams are passed on while they come, heads included."""


def responseheaders(flow):
    if flow.response.headers.get("content-type", "").lower().startswith("text/event-stream"):
        flow.response.stream = True
