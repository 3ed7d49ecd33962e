// The ssespec adapter for the EventSource that is built into Node.js.
//
// It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. It judges
// nothing and hides nothing: the harness sees whatever Node.js dispatches after close().

const write = (message) => process.stdout.write(JSON.stringify(message) + '\n');

const sessions = new Map();

function connect(session, { url, types, withCredentials, closeIn }) {
  const say = (kind, content = {}) => write({ session, [kind]: content });
  const source = new EventSource(url, { withCredentials });
  const sayClosed = () => {
    if (sessions.delete(session)) say('closed');
  };
  const listener = (shown) => {
    // An event of the stream may also be named `open` or `error`.
    const kind = shown instanceof MessageEvent ? 'event' : shown.type === 'open' ? 'opened' : 'error';
    if (kind === 'event') {
      say(kind, { type: shown.type, data: shown.data, id: shown.lastEventId, origin: shown.origin });
    } else {
      say(kind, { readyState: source.readyState });
    }
    if (kind === closeIn) source.close();
    // `closed` waits one turn, so that it comes after everything already queued, and after a close() that follows an error.
    if (kind !== 'event' || source.readyState === EventSource.CLOSED) {
      setImmediate(() => source.readyState === EventSource.CLOSED && sayClosed());
    }
  };
  for (const type of new Set(['open', 'error', 'message', ...types])) source.addEventListener(type, listener);
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
    protocol: 1, role: 'client', name: 'node', version: process.versions.node, language: 'JavaScript', sessions: 64,
    capabilities: [
      'reconnect', 'close', 'opened', 'errors', 'state', 'event-type', 'event-id', 'origin',
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
