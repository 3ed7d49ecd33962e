// A shared worker that lives through one session: its name holds the session's number.
"use strict";

importScripts("session.js");

onconnect = ({ ports: [port] }) => {
  const session = new Session((shown) => port.postMessage(shown), self);
  port.onmessage = ({ data: { name, body } }) => {
    if (name === "leave") {
      self.close();
    } else {
      session.perform(name, body);
    }
  };
};
