// The ssespec adapter for the event stream decoder of the npm package `openai`, which reads a response of fetch.
//
// It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. It judges nothing.
// Stream, which applications see, takes only events whose data is JSON.

import { _iterSSEMessages } from 'openai/core/streaming';
// The package does not export its own manifest.
import lock from './package-lock.json' with { type: 'json' };

const write = (message) => process.stdout.write(JSON.stringify(message) + '\n');

const sessions = new Map(); // the controllers of those that have not ended

async function read(session, url) {
  const controller = new AbortController();
  sessions.set(session, controller);
  try {
    const response = await fetch(url, { headers: { accept: 'text/event-stream' }, signal: controller.signal });
    for await (const { event, data } of _iterSSEMessages(response, controller)) {
      write({ session, event: { type: event ?? 'message', data } });
    }
  } catch (error) {
    if (!controller.signal.aborted) write({ session, error: { message: String(error) } });
  }
  sessions.delete(session);
  write({ session, closed: {} });
}

write({
  hello: {
    protocol: 1, role: 'client', name: 'openai', version: lock.packages['node_modules/openai'].version, language: 'JavaScript',
    sessions: 64, capabilities: ['event-type'],
  },
});

// Not `node:readline`: it also splits lines at U+2028 and U+2029, which JSON may contain.
let rest = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (text) => {
  const lines = (rest + text).split('\n');
  rest = lines.pop();
  for (const { session, connect, close } of lines.map((line) => JSON.parse(line))) {
    if (connect) read(session, connect.url);
    else if (close) sessions.get(session)?.abort();
  }
});
process.stdin.on('end', () => process.exit());
