globalThis.ssespec = {
  name: 'my-client',
  version: '1.0.0',
  capabilities: ['reconnect', 'close', 'opened', 'event-type', 'event-id', 'origin'],

  connect({ url, types }, observer) {
    const source = new EventSource(url); // the library under test
    source.onopen = () => observer.opened();
    for (const type of ['message', ...types]) {
      source.addEventListener(type, ({ data, lastEventId, origin }) =>
        observer.event({ type, data, id: lastEventId, origin }));
    }
    return { close: () => source.close() };
  },
};
