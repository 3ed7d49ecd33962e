// The ssespec adapter for the npm package `eventsource`, in the version that its argument names.
//
// It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. It judges
// nothing and hides nothing: the harness sees whatever the package dispatches after close().

import { readFileSync } from 'node:fs';
import { Agent, fetch } from 'undici';

const [version] = process.argv.slice(2);
const installed = await import(`eventsource-${version}`);
const { default: manifest } = await import(`eventsource-${version}/package.json`, { with: { type: 'json' } });
// Since version 3, requests are made with `fetch`; before, with node:http, and the package is its constructor.
const usesFetch = Number.parseInt(version, 10) >= 3;
const EventSource = usesFetch ? installed.EventSource : installed.default;

const write = (message) => process.stdout.write(JSON.stringify(message) + '\n');

const sessions = new Map();

// Over HTTP/2, which needs TLS here because the handshake chooses it, the streams of all sessions share connections; by
// default, each stream has one of its own.
const overHttp2 = new Map();

function dispatcherFor(http2, caFile) {
  const connect = caFile && { connect: { ca: readFileSync(caFile) } };
  // Over HTTP/1.1, separate connections for each session, because fetch keeps idle ones, which the next session would
  // inherit. Only close() ends them, so that a later request can be seen.
  if (!http2) return new Agent({ ...connect });
  if (!overHttp2.has(caFile)) overHttp2.set(caFile, new Agent({ ...connect, allowH2: true, pipelining: 100 }));
  return overHttp2.get(caFile);
}

function connect(session, { url, types, headers: initial, lastEventId, closeIn, http2, caFile }) {
  const say = (kind, content = {}) => write({ session, [kind]: content });
  const dispatcher = usesFetch && dispatcherFor(http2, caFile);
  let headers = initial;
  let over = false;
  const sayClosed = () => {
    if (!over) say('closed');
    over = true;
    sessions.delete(session);
  };
  const close = () => {
    source.close();
    sayClosed();
  };

  // The documented ways to set request headers; with `fetch`, also ones that change.
  const source = new EventSource(url, usesFetch
    ? { fetch: (input, init) => fetch(input, { ...init, dispatcher, headers: { ...init.headers, ...headers } }) }
    : {
      headers: { ...headers, ...(lastEventId && { 'Last-Event-ID': lastEventId }) },
      ...(caFile && { https: { ca: readFileSync(caFile) } }),
    });
  const listener = (shown) => {
    // An event of the stream may also be named `open` or `error`.
    const kind = 'data' in shown ? 'event' : shown.type === 'open' ? 'opened' : 'error';
    if (kind === 'event') {
      say(kind, { type: shown.type, data: shown.data, id: shown.lastEventId, origin: shown.origin });
    } else if (kind === 'opened') {
      say(kind, { readyState: source.readyState });
    } else {
      say(kind, { message: shown.message ?? '', readyState: source.readyState });
    }
    if (kind === closeIn) source.close();
    // `closed` waits one turn, so that it comes after everything already queued, and after a close() that follows an error.
    if (kind !== 'event' || source.readyState === EventSource.CLOSED) {
      setImmediate(() => source.readyState === EventSource.CLOSED && sayClosed());
    }
  };
  for (const type of new Set(['open', 'error', 'message', ...types])) {
    source.addEventListener(type, listener);
  }
  const refresh = (changed) => {
    headers = { ...headers, ...changed };
    say('refreshed');
  };
  return { source, close, refresh };
}

function obey({ session, ...order }) {
  if (order.connect) return sessions.set(session, connect(session, order.connect));
  const running = sessions.get(session);
  if (!running) return; // it has already ended
  if (order.state) write({ session, state: { readyState: running.source.readyState } });
  else if (order.refresh) running.refresh(order.refresh.headers);
  else if (order.close) running.close();
}

write({
  hello: {
    protocol: 1,
    role: 'client',
    name: manifest.name,
    version: manifest.version,
    language: 'JavaScript',
    // One at a time where the package can throw on its own, which ends the process.
    sessions: usesFetch ? 64 : 1,
    capabilities: [
      'reconnect', 'close', 'headers', 'opened', 'errors', 'state', 'event-type', 'event-id', 'origin', 'tls',
      ...(usesFetch ? ['refresh-headers', 'http2'] : ['initial-last-event-id']),
    ],
  },
});

// Not `node:readline`: it also splits lines at U+2028 and U+2029, which JSON may contain.
let rest = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (text) => {
  const lines = (rest + text).split('\n');
  rest = lines.pop();
  for (const line of lines) obey(JSON.parse(line));
});
process.stdin.on('end', () => process.exit());
