// The page under test reads the mock server; the test pushes events to it, and drops its connection.

import { spawn } from "node:child_process";
import { once } from "node:events";

import { expect, test } from "@playwright/test";

const CONTROL = "http://127.0.0.1:8081";
let server, ended, url;

test.beforeAll(async () => {
  server = spawn("ssespec", ["mock", "news.toml", "--verify", "--print-url", "--control", "8081"]);
  ended = once(server, "exit");
  url = String(await once(server.stdout, "data")).trim();
});

test.afterAll(async () => {
  server.kill();
  expect((await ended)[0]).toBe(0);
});

async function control(path, body) {
  const response = await fetch(CONTROL + path, { method: "POST", body: JSON.stringify(body) });
  expect(response.ok).toBe(true);
}

test("shows news, also what it missed", async ({ page }) => {
  const connected = page.waitForResponse("**/news");
  await page.goto(url);
  await connected;
  await control("/streams/push", { id: "1", data: "first" });
  await expect(page.locator("li")).toHaveText(["first"]);
  await control("/streams/drop", { how: "reset" });
  await expect(page.locator("li")).toHaveText(["first", "what was missed"]);
});
