// Bundles the interface into src/folkmoot/ui/static/built: one stylesheet, one script, the theme
// script, htmx, the typefaces, and the editor, which only the page for writing together loads. Names
// carry no hash: Django's manifest storage adds it.
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { context } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "../src/folkmoot/ui/static/ui");
const built = join(here, "../src/folkmoot/ui/static/built");
const packages = join(here, "node_modules");

rmSync(built, { recursive: true, force: true });
mkdirSync(join(built, "fonts"), { recursive: true });
for (const face of ["source-serif-4", "source-sans-3"]) {
  for (const subset of ["latin", "latin-ext"]) {
    for (const style of ["normal", "italic"]) {
      const name = style === "italic" ? `${face}-${subset}-italic.woff2` : `${face}-${subset}.woff2`;
      cpSync(
        join(packages, `@fontsource-variable/${face}/files/${face}-${subset}-wght-${style}.woff2`),
        join(built, "fonts", name),
      );
    }
  }
  cpSync(join(packages, `@fontsource-variable/${face}/LICENSE`), join(built, `fonts/${face}.LICENSE`));
}
cpSync(join(packages, "htmx.org/dist/htmx.min.js"), join(built, "htmx.js"));

const bundles = await context({
  entryPoints: [
    { in: join(here, "site.css"), out: "site" },
    { in: join(source, "js/site.js"), out: "site" },
    { in: join(source, "js/theme.js"), out: "theme" },
    { in: join(here, "editor/main.ts"), out: "editor" },
  ],
  outdir: built,
  bundle: true,
  minify: true,
  format: "esm",
  target: "esnext",
  external: ["./fonts/*"],
  legalComments: "none",
  logLevel: "info",
});
if (process.argv.includes("--watch")) {
  await bundles.watch();
} else {
  await bundles.rebuild();
  await bundles.dispose();
}
