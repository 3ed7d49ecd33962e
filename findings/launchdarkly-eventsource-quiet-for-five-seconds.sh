#!/bin/sh
# launchdarkly-eventsource 2.2.0 (npm); Node.js 20 and newer.
#
# A stream that is quiet for five seconds. Since Node.js 19 the default agent has a timeout of 5 s, which makes a request emit
# `timeout` and does nothing else. The package takes that event for its own option readTimeoutMillis, also where that is not set:
# it drops a healthy stream and connects again. With the option, its value replaces the agent's.
#
# Seen:
#   without readTimeoutMillis: 3 connections in 16 s; error: Read timeout, received no data in undefinedms, assuming connection is dead
#   with readTimeoutMillis 300000: 1 connection in 16 s
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund launchdarkly-eventsource@2.2.0

cat > quiet.mjs <<'JS'
import { createServer } from "node:http";
import { EventSource } from "launchdarkly-eventsource";

async function watch(name, options) {
  let connections = 0, problem = "";
  const server = createServer((_, response) => {
    connections++;
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("data: one\n\n");
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const source = new EventSource(`http://127.0.0.1:${server.address().port}/`, options);
  source.onerror = ({ message }) => { problem = `; error: ${message}`; };
  await new Promise((done) => setTimeout(done, 16_000));
  source.close();
  server.close();
  console.log(`${name}: ${connections} connection${connections > 1 ? "s" : ""} in 16 s${problem}`);
}

await watch("without readTimeoutMillis", {});
await watch("with readTimeoutMillis 300000", { readTimeoutMillis: 300_000 });
process.exit();
JS
node quiet.mjs > seen
cat seen
cat > expected <<'SEEN'
without readTimeoutMillis: 3 connections in 16 s; error: Read timeout, received no data in undefinedms, assuming connection is dead
with readTimeoutMillis 300000: 1 connection in 16 s
SEEN
diff expected seen
