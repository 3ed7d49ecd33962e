// One session: an EventSource, and what it shows. Runs in a window and in workers alike.
"use strict";

const AsyncFunction = (async () => {}).constructor;

/** What a script or a constructor threw. */
const thrown = (error) => ({
  name: String(error?.name ?? typeof error),
  message: String(error?.message ?? error),
});

/** A turn of the event loop that no browser delays in the background. */
const turn = () =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

class Session {
  /**
   * `tell` takes what is shown; `realm` has the EventSource that is constructed; `frame` is the element of the iframe
   * that it belongs to, if it does.
   */
  constructor(tell, realm, frame) {
    this.tell = tell;
    this.realm = realm;
    this.over = false;
    // What scripts see; they may assign to all of it.
    this.scope = {
      source: undefined,
      frame,
      base: "",
      other: "",
      report: (text) => tell({ report: { text: String(text) } }),
    };
  }

  /** Carries out an order, by its name. */
  perform(name, body) {
    switch (name) {
      case "connect":
        return this.connect(body);
      case "enter":
        return this.enter(body);
      case "run":
        return this.script("ran", body.script, (script) => script);
      case "evaluate":
        return this.script("value", body.script, (script) => `return (${script}\n)`);
      case "state":
        return this.tell({ state: { readyState: this.scope.source?.readyState ?? 2 } });
      case "close":
        return this.close();
      default:
        throw new TypeError(`unknown order ${name}`);
    }
  }

  enter({ base, other }) {
    this.scope.base = base ?? "";
    this.scope.other = other ?? "";
  }

  connect(order) {
    this.enter(order);
    const url = order.constructorUrl ?? order.url;
    let source;
    try {
      source = order.withCredentials
        ? new this.realm.EventSource(url, { withCredentials: true })
        : new this.realm.EventSource(url);
    } catch (error) {
      this.tell({ exception: thrown(error) });
      return this.finish();
    }
    this.scope.source = source;
    // One listener a type, though the stream may carry events of the types that the browser fires itself.
    for (const type of new Set(["open", "error", "message", ...order.types])) {
      source.addEventListener(type, (event) => this.shown(source, event, order.closeIn));
    }
  }

  shown(source, event, closeIn) {
    const readyState = source.readyState;
    let moment = event.type === "error" ? "error" : "opened";
    if ("data" in event) {
      moment = "event";
      const { type, data, lastEventId, origin, isTrusted } = event;
      this.tell({ event: { type, data, id: lastEventId, origin, readyState, trusted: isTrusted } });
    } else if (moment === "error") {
      this.tell({ error: { message: "", readyState } });
    } else {
      this.tell({ opened: { readyState } });
    }
    if (moment === closeIn) {
      source.close();
    } else if (moment === "error" && readyState === 2) {
      this.finish();
    }
  }

  /** It is done for good by itself. */
  finish() {
    if (!this.over) {
      this.over = true;
      this.tell({ closed: {} });
    }
  }

  async close() {
    if (this.over) return;
    this.scope.source?.close();
    // What was queued before close() and is dispatched all the same belongs to the session.
    await turn();
    await turn();
    this.finish();
  }

  async script(answer, text, body) {
    try {
      // The function is sloppy so that `with` can lend it the scope.
      const run = new AsyncFunction("scope", `with (scope) { ${body(text)}\n}`);
      const value = await run(this.scope);
      this.tell({ [answer]: answer === "value" ? { text: String(value) } : {} });
    } catch (error) {
      this.tell({ [answer]: { exception: thrown(error) } });
    }
  }
}

self.Session = Session;
