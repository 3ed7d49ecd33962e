// The test service that sse-contract-tests needs, for the npm package `eventsource`, so that ci/bench can time both suites with
// the same client. The interface: https://github.com/launchdarkly/sse-contract-tests/blob/v2.3.0/docs/service_spec.md
//
//   node contract-service.mjs FOLDER PORT    FOLDER has eventsource-5.1.5 and undici in its node_modules

import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, port] = process.argv.slice(2);
const from = createRequire(resolve(folder, 'adapter.mjs'));
const { EventSource } = await import(pathToFileURL(from.resolve('eventsource-5.1.5')));
const { Agent, fetch } = await import(pathToFileURL(from.resolve('undici')));

const streams = new Map();
let last = 0;

function open({ streamUrl, callbackUrl, headers = {} }) {
  const dispatcher = new Agent();
  let callbacks = 0;
  const report = (message) => {
    callbacks += 1;
    // The harness may have ended the test.
    fetch(`${callbackUrl}/${callbacks}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(message),
    }).catch(() => {});
  };
  const source = new EventSource(streamUrl, {
    fetch: (input, init) => fetch(input, { ...init, dispatcher, headers: { ...init.headers, ...headers } }),
  });
  const onEvent = ({ type, data, lastEventId }) => {
    // The client's own `open` and `error` have no data.
    if (data !== undefined) report({ kind: 'event', event: { type, data, id: lastEventId } });
  };
  source.addEventListener('message', onEvent);
  source.addEventListener('error', (error) => report({ kind: 'error', error: String(error.message ?? error) }));
  return { source, listen: (type) => source.addEventListener(type, onEvent) };
}

/** Answers a request of the harness: the status, and header fields. */
function answer(method, path, order) {
  if (path === '/') {
    if (method === 'POST') {
      last += 1;
      const created = `/streams/${last}`;
      streams.set(created, open(order));
      return [201, { location: created }];
    }
    if (method === 'DELETE') setImmediate(() => process.exit());
    return [200];
  }
  const running = streams.get(path);
  if (!running) return [404];
  if (method === 'DELETE') {
    running.source.close();
    streams.delete(path);
    return [204];
  }
  if (order.command !== 'listen') return [400];
  running.listen(order.listen.type);
  return [204];
}

createServer(async (request, response) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  const [status, headers] = answer(request.method, request.url, text && JSON.parse(text));
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(request.method === 'GET' ? JSON.stringify({ capabilities: ['event-type-listeners', 'headers', 'bom'] }) : '');
}).listen(Number(port), '127.0.0.1');
