// Exposes `reconnecting-eventsource` to the page of ssespec.

import ReconnectingEventSource from 'reconnecting-eventsource';
// The package does not export its manifest.
import manifest from './node_modules/reconnecting-eventsource/package.json';

globalThis.ssespec = {
  name: manifest.name,
  version: manifest.version,
  capabilities: [
    'reconnect', 'close', 'initial-last-event-id', 'credentials', 'opened', 'errors', 'state', 'event-type', 'event-id',
    'origin',
  ],

  connect({ url, types, lastEventId, withCredentials }, observer) {
    const source = new ReconnectingEventSource(url, {
      withCredentials,
      // The delay before another EventSource is random, up to this: 3 s by default, which some cases would see and others not.
      max_retry_time: 1000,
      ...(lastEventId && { lastEventId }),
    });
    source.onopen = ({ data }) => {
      if (data === undefined) observer.opened({ readyState: source.readyState });
    };
    // An event of the stream may also be named `error` or `open`; what the browser fires itself has no data.
    source.onerror = ({ data }) => {
      if (data === undefined) observer.error({ readyState: source.readyState });
    };
    for (const type of new Set(['message', ...types])) {
      source.addEventListener(type, ({ data, lastEventId: id, origin }) => {
        if (data !== undefined) observer.event({ type, data, id, origin });
      });
    }
    return { close: () => source.close(), state: () => source.readyState };
  },
};
