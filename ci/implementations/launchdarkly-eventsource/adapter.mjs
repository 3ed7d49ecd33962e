// The ssespec adapter for the npm package `launchdarkly-eventsource`, with its default settings.
//
// It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. It judges
// nothing and hides nothing: the harness sees whatever the package emits after close().

import { readFileSync } from 'node:fs';
import { EventSource } from 'launchdarkly-eventsource';
import manifest from 'launchdarkly-eventsource/package.json' with { type: 'json' };

const write = (message) => process.stdout.write(JSON.stringify(message) + '\n');

const sessions = new Map();

function connect(session, { url, types, headers, lastEventId, method, body, closeIn, caFile }) {
  const say = (kind, content = {}) => write({ session, [kind]: content });
  const source = new EventSource(url, {
    method,
    headers: { ...headers, ...(lastEventId && { 'Last-Event-ID': lastEventId }) },
    ...(body && { body }),
    ...(caFile && { https: { ca: readFileSync(caFile) } }),
  });
  const sayClosed = () => {
    if (sessions.delete(session)) say('closed');
  };
  const listener = (shown) => {
    // An event of the stream may be named as one of the package's own. `end` is what a stream that ends causes, which the
    // package does not call `error`, but treats as one.
    const kind = 'data' in shown ? 'event' : { open: 'opened', error: 'error', end: 'error' }[shown.type];
    if (kind === 'event') {
      say(kind, { type: shown.type, data: shown.data, id: shown.lastEventId, origin: shown.origin });
    } else if (kind === 'opened') {
      say(kind, { readyState: source.readyState });
    } else if (kind === 'error') {
      say(kind, { message: shown.message ?? '', readyState: source.readyState });
    }
    if (kind === closeIn) source.close();
    // `closed` waits one turn, so that it comes after everything already queued.
    if (source.readyState === EventSource.CLOSED) setImmediate(sayClosed);
  };
  for (const type of new Set(['open', 'error', 'end', 'closed', 'message', ...types])) source.addEventListener(type, listener);
  sessions.set(session, { source, close: () => { source.close(); sayClosed(); } });
}

function obey({ session, ...order }) {
  if (order.connect) return connect(session, order.connect);
  const running = sessions.get(session);
  if (!running) return; // it has already ended
  if (order.state) write({ session, state: { readyState: running.source.readyState } });
  else if (order.close) running.close();
}

write({
  hello: {
    protocol: 1, role: 'client', name: manifest.name, version: manifest.version, language: 'JavaScript',
    sessions: 1, // the package can throw on its own, which ends the process
    capabilities: [
      'reconnect', 'close', 'initial-last-event-id', 'headers', 'methods', 'opened', 'errors', 'state',
      'event-type', 'event-id', 'origin', 'tls',
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
