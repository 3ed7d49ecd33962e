// A client library in the page, and a session of it: what `globalThis.ssespec` exposes.
"use strict";

/** What the library's script exposes in this window, checked. Throws what is wrong with it. */
async function loadLibrary(type, url, window) {
  const { document } = window;
  const script = document.createElement("script");
  script.type = type;
  script.src = url;
  const problems = [];
  const note = ({ message }) => problems.push(message);
  window.addEventListener("error", note);
  await new Promise((resolve) => {
    script.onload = resolve;
    script.onerror = resolve;
    document.head.append(script);
  });
  window.removeEventListener("error", note);
  if (problems.length > 0) throw new Error(`the script throws: ${problems.join("; ")}`);
  const library = window.ssespec;
  if (typeof library !== "object" || library === null) throw new Error("the script did not set globalThis.ssespec");
  if (typeof library.connect !== "function") throw new Error("ssespec.connect is not a function");
  if (typeof library.name !== "string" || library.name === "") throw new Error("ssespec.name is not a name");
  const { capabilities } = library;
  if (!Array.isArray(capabilities)) throw new Error("ssespec.capabilities is not an array");
  if (capabilities.includes("dom")) {
    throw new Error('the capability "dom" is for a browser\'s own EventSource only');
  }
  return library;
}

/** A session of the library: carries out orders, and reports what the library calls of its observer. */
class LibrarySession {
  constructor(tell, library) {
    this.tell = tell;
    this.library = library;
    this.over = false;
    this.client = undefined;
  }

  /** Carries out an order, by its name. */
  async perform(name, body) {
    switch (name) {
      case "connect":
        return this.connect(body);
      case "state":
        return this.tell({ state: { readyState: (await this.client)?.state() ?? 2 } });
      case "refresh":
        await (await this.client)?.refresh(body.headers);
        return this.tell({ refreshed: {} });
      case "close":
        return this.close();
      default:
        throw new TypeError(`a page library cannot carry out ${name}`);
    }
  }

  connect(request) {
    const observer = {
      opened: (shown = {}) => this.show("opened", { opened: states(shown) }),
      event: ({ type = "message", data, id, origin }) => this.show("event", { event: { type, data, id, origin } }),
      comment: (text) => this.show("comment", { comment: { text: String(text) } }),
      error: (error) => this.show("error", { error: { message: messageOf(error), ...states(error) } }),
      closed: () => this.finish(),
    };
    this.closeIn = request.closeIn;
    // Also what connect() throws is a rejection.
    this.client = (async () => this.library.connect(request, observer))();
    this.client.then(
      (client) => (this.connected = client),
      (error) => {
        observer.error(error);
        this.finish();
      },
    );
  }

  show(moment, message) {
    if (this.over) return;
    this.tell(message);
    if (moment !== this.closeIn) return;
    this.closeIn = undefined;
    // In the handler, wherever the library has returned its client.
    if (this.connected) this.connected.close();
    else this.client?.then((client) => client.close());
  }

  /** The session is over. */
  finish() {
    if (this.over) return;
    this.over = true;
    this.tell({ closed: {} });
  }

  async close() {
    if (this.over) return;
    await (await this.client)?.close();
    // What was queued before close() and is dispatched all the same belongs to the session.
    await turn();
    await turn();
    this.finish();
  }

}

/** The message of an Error, of `{ message }`, or a text; empty where there is none. */
const messageOf = (error) => String(error?.message ?? (typeof error === "object" ? "" : (error ?? "")));

/** The ready state, where it is reported. */
const states = (shown) => (typeof shown?.readyState === "number" ? { readyState: shown.readyState } : {});
