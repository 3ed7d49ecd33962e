// A client library that reads streams with fetch, and reconnects. MISTAKE names what it does wrong.

const MISTAKE = 'none';

class Client {
  constructor({ url, headers, method, body }, observer) {
    Object.assign(this, { url, headers, method, body, observer, lastEventId: '', delay: 300 });
    if (MISTAKE === 'pauses-while-hidden') {
      this.pause = () => (document.hidden ? this.controller.abort() : this.live());
      document.addEventListener('visibilitychange', this.pause);
    }
    if (MISTAKE === 'reconnects-when-visible') {
      this.pause = () => document.hidden || this.live();
      document.addEventListener('visibilitychange', this.pause);
    }
    this.live();
  }

  async live() {
    const controller = (this.controller = new AbortController());
    try {
      const headers = { accept: 'text/event-stream', ...this.headers };
      if (this.lastEventId !== '') headers['last-event-id'] = this.lastEventId;
      const { method, body, url } = this;
      const response = await fetch(url, { method, headers, body: body || undefined, signal: controller.signal });
      const type = response.headers.get('content-type') ?? '';
      if (response.status !== 200 || !type.startsWith('text/event-stream')) return this.stop();
      this.observer.opened();
      await this.read(response.body);
    } catch {
      if (controller.signal.aborted) return;
    }
    if (!controller.signal.aborted) this.timer = setTimeout(() => this.live(), this.delay);
  }

  async read(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (let next; !(next = await reader.read()).done; ) {
      const blocks = (text += next.value).split('\n\n');
      text = blocks.pop();
      blocks.forEach((block) => this.dispatch(block));
    }
  }

  dispatch(block) {
    const data = [];
    for (const line of block.split('\n')) {
      const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line);
      if (field === 'data') data.push(value);
      if (field === 'id') this.lastEventId = value;
      if (field === 'retry') this.delay = Number(value);
    }
    if (data.length > 0) this.observer.event({ type: 'message', data: data.join('\n'), id: this.lastEventId });
  }

  stop() {
    this.close();
    this.observer.closed();
  }

  close() {
    if (this.pause) document.removeEventListener('visibilitychange', this.pause);
    clearTimeout(this.timer);
    this.controller.abort();
  }
}

globalThis.ssespec = {
  name: 'client of a test',
  version: '1',
  capabilities: ['reconnect', 'close', 'opened', 'headers', 'methods', 'event-id'],
  connect: (request, observer) => new Client(request, observer),
};
