// Exposes `@microsoft/fetch-event-source` to the page of ssespec.
//
// It is used as its readme shows for streams that are to be read for ever: `onclose` throws, so that the library also
// connects again when a stream ends. Everything else is as it is by default, also `openWhenHidden` and the check of the
// response: a user's `onopen` would replace it.

import { fetchEventSource } from '@microsoft/fetch-event-source';
import manifest from '@microsoft/fetch-event-source/package.json';

globalThis.ssespec = {
  name: 'fetch-event-source',
  version: manifest.version,
  capabilities: ['reconnect', 'close', 'headers', 'methods', 'credentials', 'errors', 'event-type', 'event-id', 'own-id'],

  connect({ url, method, headers, body, withCredentials }, observer) {
    const controller = new AbortController();
    const over = fetchEventSource(url, {
      method,
      headers,
      body: body || undefined,
      credentials: withCredentials ? 'include' : 'same-origin',
      signal: controller.signal,
      onmessage: ({ event, data, id }) => observer.event({ type: event || 'message', data, id }),
      onclose() {
        throw new Error('the stream has ended');
      },
      onerror: (error) => observer.error(error),
    });
    over.catch((error) => observer.error(error)).finally(() => observer.closed());
    return { close: () => controller.abort() };
  },
};
