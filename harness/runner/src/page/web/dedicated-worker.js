// A dedicated worker that lives through one session.
"use strict";

importScripts("session.js");

const session = new Session((shown) => postMessage(shown), self);

onmessage = ({ data: { name, body } }) => session.perform(name, body);
