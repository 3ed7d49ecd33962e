// Starts `ssespec mock` for all tests, and fails the run if the scenario's expectations were not met.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export default async function setup({ provide }) {
  const scenario = new URL("drop-and-resume.toml", import.meta.url).pathname;
  const server = spawn("ssespec", ["mock", scenario, "--verify", "--print-url"]);
  const ended = once(server, "exit");
  let journal = "";
  server.stderr.on("data", (text) => (journal += text));
  const [url] = await once(createInterface({ input: server.stdout }), "line");
  provide("mockUrl", url);
  return async () => {
    server.kill();
    const [status] = await ended;
    if (status !== 0) throw new Error(journal);
  };
}
