// The adapter: takes orders over a WebSocket, and reports what EventSource shows.
"use strict";

(() => {
  const CAPABILITIES = [
    "reconnect", "close", "credentials",
    "opened", "errors", "state", "event-type", "event-id", "origin", "dom", "http2", "tls",
    ...(window.isSecureContext ? ["secure-context"] : []),
  ];

  /** The type of the script of the library that is tested instead of the browser's own EventSource, if there is one. */
  const { library: libraryType } = document.body.dataset;

  /** The URL of the script of the library, in memory: sessions may begin while the server refuses connections. */
  let libraryUrl;

  /** A document in this page. */
  function openFrame(source) {
    const frame = document.createElement("iframe");
    if (source) frame.src = source;
    frame.hidden = true;
    const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
    document.body.append(frame);
    return { frame, loaded };
  }

  /** Brands that say nothing of the browser, or only how it was started. */
  const NO_BRAND = /not.?a.?brand|headless/i;

  /** The browser's name and major version, as it says itself. */
  function browser() {
    const agent = navigator.userAgent;
    const brands = (navigator.userAgentData?.brands ?? []).filter(({ brand }) => !NO_BRAND.test(brand));
    const brand = brands.find(({ brand }) => brand !== "Chromium") ?? brands[0];
    if (brand) return { name: brand.brand, version: brand.version };
    const known = [
      ["Edge", /Edg(?:e|A|iOS)?\/(\d+)/],
      ["Opera", /OPR\/(\d+)/],
      ["Firefox", /(?:Firefox|FxiOS)\/(\d+)/],
      ["Chrome", /(?:Headless)?Chrome\/(\d+)/],
      ["Chrome on iOS", /CriOS\/(\d+)/],
      ["Safari", /Version\/(\d+(?:\.\d+)?).*Safari/],
    ];
    for (const [name, pattern] of known) {
      const match = pattern.exec(agent);
      if (match) return { name, version: match[1] };
    }
    return { name: "a browser", version: "" };
  }

  /** Where a session takes place: takes orders, and can be left. */
  const places = {
    window(tell) {
      const session = new Session(tell, window);
      return { perform: (name, body) => session.perform(name, body), leave() {} };
    },

    /** The library, in a document of its own, which ends what it does after the session. */
    library(tell) {
      const { frame } = openFrame();
      const session = loadLibrary(libraryType, libraryUrl, frame.contentWindow).then((library) => new LibrarySession(tell, library));
      return {
        perform: async (name, body) => (await session).perform(name, body),
        leave: () => frame.remove(),
        // What a client does after it was closed is seen until another session begins.
        outlives: true,
      };
    },

    iframe(tell) {
      const { frame, loaded } = openFrame("frame.html");
      const session = loaded.then(() => new Session(tell, frame.contentWindow, frame));
      return {
        perform: async (name, body) => (await session).perform(name, body),
        leave: () => frame.remove(),
      };
    },

    "dedicated-worker"(tell) {
      const worker = new Worker("dedicated-worker.js");
      worker.onmessage = ({ data }) => tell(data);
      worker.onerror = (event) => log(`dedicated worker: ${event.message}`);
      return {
        perform: (name, body) => worker.postMessage({ name, body }),
        leave: () => worker.terminate(),
      };
    },

    "shared-worker"(tell, number) {
      const worker = new SharedWorker("shared-worker.js", { name: `session ${number}` });
      worker.port.onmessage = ({ data }) => tell(data);
      worker.onerror = (event) => log(`shared worker: ${event.message}`);
      return {
        perform: (name, body) => worker.port.postMessage({ name, body }),
        leave() {
          worker.port.postMessage({ name: "leave" });
          worker.port.close();
        },
      };
    },
  };

  let current = null;
  let finished = false;

  const address = new URL("socket", location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(address);
  const send = (message) => socket.send(JSON.stringify(message));
  const log = (text) => {
    if (socket.readyState === WebSocket.OPEN) send({ log: { text } });
  };

  window.addEventListener("error", (event) => log(`${event.message} (${event.filename}:${event.lineno})`));
  window.addEventListener("unhandledrejection", (event) => log(`unhandled rejection: ${event.reason}`));

  socket.onopen = async () => {
    let library;
    if (libraryType !== undefined) {
      const script = await (await fetch("library.js")).text();
      libraryUrl = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
      const { frame } = openFrame();
      try {
        library = await loadLibrary(libraryType, libraryUrl, frame.contentWindow);
      } catch (error) {
        return send({ unusable: { text: error.message } });
      } finally {
        frame.remove();
      }
    }
    const hello = library ? introduction(library) : { ...browser(), capabilities: CAPABILITIES };
    send({ hello: { protocol: 1, role: "client", language: "JavaScript", ...hello } });
    view.connected(browser(), library);
  };

  /** A library's name and version, and what it and its page can do and show. */
  const introduction = ({ name, version = "", capabilities }) => ({
    name,
    version: String(version),
    capabilities: [...capabilities, "page-library", "http2", "tls", ...(window.isSecureContext ? ["secure-context"] : [])],
  });

  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.progress) {
      finished ||= Boolean(message.progress.done);
      view.show(message.progress);
    } else if (message.busy) {
      view.busy();
    } else {
      perform(message);
    }
  };

  /** The close code of a harness that wants the page to come again (RFC 6455, section 7.4.1, and its registry). */
  const SERVICE_RESTART = 1012;

  socket.onclose = ({ code }) => {
    if (code === SERVICE_RESTART) location.reload();
    else if (!finished) view.parted();
  };

  /** Carries out an order of the harness. */
  function perform({ session: number, ...order }) {
    const [[name, body]] = Object.entries(order);
    if (current?.number !== number) {
      current?.leave();
      visibility.restore();
      current = begin(number, libraryType !== undefined ? "library" : (body.in ?? "window"));
    }
    if (name === "visibility") {
      visibility.set(body.state);
      send({ session: number, ran: {} });
    } else {
      current.perform(name, body);
    }
  }

  /**
   * The visibility of the page as scripts see it. It is overridden, because no browser lets the harness put the only page
   * of a context into the background; the browser itself treats the page as visible.
   */
  const visibility = {
    set(state) {
      for (const { document } of [window, ...frames()]) {
        Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
        Object.defineProperty(document, "hidden", { configurable: true, get: () => state === "hidden" });
        document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
      }
    },

    /** Back to what the browser says, for another session. */
    restore() {
      delete document.visibilityState;
      delete document.hidden;
    },
  };

  /** The windows of the iframes of sessions. */
  const frames = () =>
    [...document.querySelectorAll("iframe")].map((frame) => frame.contentWindow).filter((window) => isOwn(window));

  /** Whether a window has the origin of the page. */
  function isOwn(other) {
    try {
      return Boolean(other.document);
    } catch {
      return false;
    }
  }

  function begin(number, where) {
    const session = { number };
    const tell = (shown) => {
      send({ session: number, ...shown });
      if (shown.closed && !place.outlives) session.leave();
    };
    let left = false;
    const place = places[where](tell, number);
    session.perform = (name, body) => {
      if (!left) place.perform(name, body);
    };
    session.leave = () => {
      if (!left) place.leave();
      left = true;
    };
    return session;
  }
})();
