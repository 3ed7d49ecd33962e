// The adapter: takes orders over a WebSocket, and reports what EventSource shows.
"use strict";

(() => {
  const CAPABILITIES = [
    "reconnect", "close", "credentials",
    "opened", "errors", "state", "event-type", "event-id", "origin", "dom",
    ...(window.isSecureContext ? ["secure-context"] : []),
  ];

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

    iframe(tell) {
      const frame = document.createElement("iframe");
      frame.src = "frame.html";
      frame.hidden = true;
      const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
      document.body.append(frame);
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
  address.protocol = "ws:";
  const socket = new WebSocket(address);
  const send = (message) => socket.send(JSON.stringify(message));
  const log = (text) => {
    if (socket.readyState === WebSocket.OPEN) send({ log: { text } });
  };

  window.addEventListener("error", (event) => log(`${event.message} (${event.filename}:${event.lineno})`));
  window.addEventListener("unhandledrejection", (event) => log(`unhandled rejection: ${event.reason}`));

  socket.onopen = () => {
    const { name, version } = browser();
    const language = "JavaScript";
    send({ hello: { protocol: 1, role: "client", name, version, language, capabilities: CAPABILITIES } });
    view.connected({ name, version });
  };

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
      current = begin(number, body.in ?? "window");
    }
    current.perform(name, body);
  }

  function begin(number, where) {
    const session = { number };
    const tell = (shown) => {
      send({ session: number, ...shown });
      if (shown.closed) session.leave();
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
