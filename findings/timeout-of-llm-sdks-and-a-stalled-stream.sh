#!/bin/sh
# openai 6.49.0 and @anthropic-ai/sdk 1.14.0 (npm), openai 3.57.0 and anthropic 2.14.0 (PyPI); Node.js 20, Python 3.11.
#
# A stream that sends one event and then stalls, its connection open, with `timeout` set to 1 s and no retries. The option of the
# same name means three things in four libraries: in JavaScript it ends with the response's head, so the loop over the stream
# waits until the runtime's own limit (minutes); in Python it covers each read, and openai raises its own APITimeoutError where
# anthropic lets the ReadTimeout of httpx2 through, which `except anthropic.APIError` does not catch.
#
# Seen:
#   openai, JavaScript: 1 event, then is still waiting after 10 s
#   anthropic, JavaScript: 1 event, then is still waiting after 10 s
#   openai, Python: 1 event, then raised openai.APITimeoutError, an APIError
#   anthropic, Python: 1 event, then raised httpx2.ReadTimeout, no APIError
set -eu
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$dir"' EXIT
cd "$dir"
export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund openai@6.49.0 @anthropic-ai/sdk@1.14.0
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openai==3.57.0 anthropic==2.14.0

cat > server.mjs <<'JS'
import { createServer } from "node:http";
const openai = (text) => `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 0, model: "m", choices: [{ index: 0, delta: { content: text }, finish_reason: null }] })}\n\n`;
const anthropic = `event: message_start\ndata: ${JSON.stringify({ type: "message_start", message: { id: "m", type: "message", role: "assistant", model: "m", content: [], stop_reason: null, stop_sequence: null, usage: { input_tokens: 1, output_tokens: 1 } } })}\n\n`;
// One event, and then nothing: the connection stays open.
createServer((request, response) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(request.url.endsWith("/messages") ? anthropic : openai("one"));
}).listen(0, "127.0.0.1", function () { console.log(this.address().port); });
JS
cat > read.mjs <<'JS'
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";

const options = { apiKey: "k", baseURL: `http://127.0.0.1:${process.argv[2]}`, timeout: 1000, maxRetries: 0 };
const messages = [{ role: "user", content: "x" }];

async function read(name, start) {
  let events = 0;
  const reading = async () => {
    try {
      for await (const _ of await start()) events++;
      return "ended";
    } catch (error) {
      return `raised ${error.constructor.name}`;
    }
  };
  const watching = new Promise((done) => setTimeout(done, 10_000, "is still waiting after 10 s"));
  const how = await Promise.race([reading(), watching]);
  console.log(`${name}, JavaScript: ${events} event, then ${how}`);
}

await read("openai", () => new OpenAI(options).chat.completions.create({ model: "m", messages, stream: true }));
await read("anthropic", () =>
  new Anthropic(options).messages.create({ model: "m", max_tokens: 9, messages, stream: true }));
process.exit();
JS
cat > read.py <<'PY'
import sys

import anthropic
import openai

base = f"http://127.0.0.1:{sys.argv[1]}"
options = {"api_key": "k", "base_url": base, "timeout": 1, "max_retries": 0}
messages = [{"role": "user", "content": "x"}]


def read(name, start):
    events = 0
    try:
        for _ in start():
            events += 1
        how = "ended"
    except Exception as error:
        kind = "an APIError" if isinstance(error, (openai.APIError, anthropic.APIError)) else "no APIError"
        how = f"raised {type(error).__module__.split('.')[0]}.{type(error).__name__}, {kind}"
    print(f"{name}, Python: {events} event, then {how}", flush=True)


client = openai.OpenAI(**options)
read("openai", lambda: client.chat.completions.create(model="m", messages=messages, stream=True))
client = anthropic.Anthropic(**options)
read("anthropic", lambda: client.messages.create(model="m", max_tokens=9, messages=messages, stream=True))
PY

node server.mjs > port &
server=$!
while [ ! -s port ]; do sleep 0.1; done
{ node read.mjs "$(cat port)"; venv/bin/python read.py "$(cat port)"; } | tee seen
cat > expected <<'TEXT'
openai, JavaScript: 1 event, then is still waiting after 10 s
anthropic, JavaScript: 1 event, then is still waiting after 10 s
openai, Python: 1 event, then raised openai.APITimeoutError, an APIError
anthropic, Python: 1 event, then raised httpx2.ReadTimeout, no APIError
TEXT
cmp seen expected
