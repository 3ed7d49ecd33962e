#!/usr/bin/env node
// Starts the command of the package for this platform, which npm has installed beside this one.
"use strict";

const { spawn } = require("node:child_process");
const { constants } = require("node:os");

const platform = `${process.platform}-${process.arch}`;
const give_up = (why) => {
  console.error(`ssespec: ${why}`);
  process.exit(2);
};

let command;
try {
  command = require.resolve(`@ssespec/${platform}/${process.platform === "win32" ? "ssespec.exe" : "ssespec"}`);
} catch {
  give_up(
    `npm has installed no command for ${platform}. With --omit=optional it leaves them out; for platforms without one, ` +
      "run: cargo install ssespec-cli --locked",
  );
}

const child = spawn(command, process.argv.slice(2), { stdio: "inherit" });
child.on("error", (error) => give_up(`cannot start ${command}: ${error.message}`));
child.on("exit", (status, signal) => process.exit(status ?? 128 + constants.signals[signal]));
// A terminal sends SIGINT to the command too, which then ends what it has started; the others reach only this process.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
