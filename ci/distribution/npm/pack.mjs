// Packs a command as an npm package for its platform, and the package that depends on those of all platforms:
// node pack.mjs COMMAND PLATFORM FOLDER, with Node's name of the platform, such as linux-x64.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";

/** Those of .github/workflows/release.yml. */
const PLATFORMS = ["linux-x64", "linux-arm64", "darwin-arm64", "darwin-x64", "win32-x64"];

const [command, platform, folder] = process.argv.slice(2);
if (!PLATFORMS.includes(platform) || !folder) {
  console.error(`usage: node pack.mjs COMMAND PLATFORM FOLDER, where PLATFORM is one of ${PLATFORMS.join(", ")}`);
  process.exit(2);
}

const repository = resolve(import.meta.dirname, "../../..");
const version = readFileSync(join(repository, "Cargo.toml"), "utf8").match(/^version = "(.*)"$/m)[1];
const common = {
  version,
  license: "(MIT OR Apache-2.0)",
  repository: { type: "git", url: "git+https://github.com/ssespec/ssespec.git" },
};
const [os, cpu] = platform.split("-");

pack({ name: `@ssespec/${platform}`, description: `ssespec for ${platform}`, ...common, os: [os], cpu: [cpu] }, command);
pack(
  {
    name: "ssespec",
    description: "The conformance test suite and mock server for Server-Sent Events",
    ...common,
    bin: { ssespec: "command.js" },
    engines: { node: ">=18" },
    optionalDependencies: Object.fromEntries(PLATFORMS.map((name) => [`@ssespec/${name}`, version])),
  },
  join(import.meta.dirname, "command.js"),
);

/** Packs a package of this file, and of what both have. */
function pack(manifest, file) {
  const source = mkdtempSync(join(tmpdir(), "ssespec-npm-"));
  try {
    const files = [file, ...["README.md", "LICENSE-APACHE", "LICENSE-MIT"].map((name) => join(repository, name))];
    for (const path of files) copyFileSync(path, join(source, basename(path)));
    chmodSync(join(source, basename(file)), 0o755);
    const packed = { ...manifest, files: files.map((path) => basename(path)) };
    writeFileSync(join(source, "package.json"), JSON.stringify(packed, null, 2));
    mkdirSync(folder, { recursive: true });
    execFileSync("npm", ["pack", "--silent", "--pack-destination", resolve(folder), source], { stdio: "inherit" });
  } finally {
    rmSync(source, { recursive: true });
  }
}
