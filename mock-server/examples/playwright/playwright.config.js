import { defineConfig } from "@playwright/test";

// CHROMIUM is the path of an installed browser; without it, the one that Playwright installed is used.
const executablePath = process.env.CHROMIUM || undefined;

export default defineConfig({ use: { launchOptions: { executablePath, args: ["--no-sandbox"] } } });
