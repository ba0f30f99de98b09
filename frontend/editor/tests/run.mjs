// Bundles every *.test.ts below editor/ and runs them with node's own test runner:
//   npm test [-- part-of-a-name …]
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const editor = join(dirname(fileURLToPath(import.meta.url)), "..");
const out = join(editor, "../node_modules/.cache/editor-tests");
const wanted = process.argv.slice(2);

function testsIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return testsIn(path);
    return entry.name.endsWith(".test.ts") ? [path] : [];
  });
}

const entryPoints = testsIn(editor).filter(
  (path) => wanted.length === 0 || wanted.some((part) => relative(editor, path).includes(part)),
);
if (entryPoints.length === 0) throw new Error("There is no such test.");
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
await build({
  entryPoints,
  outdir: out,
  outbase: editor,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  packages: "external",
  sourcemap: "inline",
  logLevel: "warning",
});
const files = entryPoints.map((path) => join(out, relative(editor, path).replace(/\.ts$/, ".mjs")));
const run = spawnSync(
  process.execPath,
  ["--enable-source-maps", "--test", "--test-concurrency=2", ...files],
  { stdio: "inherit" },
);
process.exit(run.status ?? 1);
