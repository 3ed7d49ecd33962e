// The ssespec adapter for the npm package `eventsource`.
//
// It obeys orders on stdin and reports on stdout what the API shows, one JSON object a line. It judges
// nothing and hides nothing: whatever the package dispatches after close() is for the harness to see.

import { EventSource } from 'eventsource';
import manifest from 'eventsource/package.json' with { type: 'json' };
import { Agent, fetch } from 'undici';

const write = (message) => process.stdout.write(JSON.stringify(message) + '\n');

function connect(session, { url, types, headers, closeIn }) {
  const say = (kind, content = {}) => write({ session, [kind]: content });
  // Connections of its own, since fetch keeps idle ones, which the next session would inherit. Nothing
  // but close() ends them: a request after it shall be seen.
  const dispatcher = new Agent();
  let over = false;
  const sayClosed = () => {
    if (!over) say('closed');
    over = true;
  };
  const close = () => {
    source.close();
    sayClosed();
  };

  const source = new EventSource(url, {
    // The documented way to set request headers.
    fetch: (input, init) => fetch(input, { ...init, dispatcher, headers: { ...init.headers, ...headers } }),
  });
  const listener = (shown) => {
    // An event of the stream may be called `open` or `error` too.
    const kind = shown instanceof MessageEvent ? 'event' : shown.type === 'open' ? 'opened' : 'error';
    if (kind === 'event') {
      say(kind, { type: shown.type, data: shown.data, id: shown.lastEventId, origin: shown.origin });
    } else if (kind === 'opened') {
      say(kind);
    } else {
      say(kind, { message: shown.message ?? '', readyState: source.readyState });
    }
    if (kind === closeIn) source.close();
    // `closed` waits a turn, so that it comes after everything that was already on its way.
    if (source.readyState === EventSource.CLOSED) setImmediate(sayClosed);
  };
  for (const type of new Set(['open', 'error', 'message', ...types])) {
    source.addEventListener(type, listener);
  }
  return { source, close };
}

let current;

function obey({ session, ...order }) {
  if (order.connect) current = connect(session, order.connect);
  else if (order.state) write({ session, state: { readyState: current.source.readyState } });
  else if (order.close) current.close();
}

write({
  hello: {
    protocol: 1,
    role: 'client',
    name: manifest.name,
    version: manifest.version,
    language: 'JavaScript',
    capabilities: [
      'reconnect', 'close', 'headers', 'opened', 'errors', 'state', 'event-type', 'event-id', 'origin',
    ],
  },
});

// Not `node:readline`: it also cuts lines at U+2028 and U+2029, which JSON may hold.
let rest = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (text) => {
  const lines = (rest + text).split('\n');
  rest = lines.pop();
  for (const line of lines) obey(JSON.parse(line));
});
process.stdin.on('end', () => process.exit());
