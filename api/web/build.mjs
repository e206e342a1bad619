// Builds api/static/ from src/: the same bytes from the same sources and lock file, on any machine.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import * as esbuild from "esbuild";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, "../static"));
await mkdir(out, { recursive: true });

const common = {
  absWorkingDir: here,
  bundle: true,
  charset: "utf8",
  define: { "process.env.NODE_ENV": '"production"' },
  legalComments: "none",
  loader: { ".css": "text" },
  logLevel: "warning",
  metafile: true,
  minify: true,
  jsx: "automatic",
  jsxImportSource: "preact",
  target: ["es2022", "chrome109", "edge109", "firefox115", "safari16.4"],
};

// What is loaded only when asked for is a file of its own beside the page's, imported by name.
const later = {
  name: "later",
  setup(build) {
    build.onResolve({ filter: /\/(open-docx|export-docx)\.ts$/ }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path: path.replace(/\.ts$/, ".js"), external: true } : null,
    );
  },
};

const builds = [
  { entryPoints: { page: "src/page/main.tsx" }, format: "esm", plugins: [later] },
  { entryPoints: { "open-docx": "src/page/open-docx.ts", "export-docx": "src/page/export-docx.ts" }, format: "esm" },
  { entryPoints: { "record-feedback": "src/component/record-feedback.ts" }, format: "iife" },
  { entryPoints: { demo: "src/demo/demo.ts" }, format: "esm" },
];
const inputs = new Set();
for (const each of builds) {
  const built = await esbuild.build({ ...common, ...each, outdir: out });
  for (const input of Object.keys(built.metafile.inputs)) inputs.add(input);
}

for (const name of ["page", "demo"]) {
  const { css } = sass.compile(join(here, `src/styles/${name}.scss`), {
    loadPaths: [join(here, "node_modules"), join(here, "src/styles")],
    style: "compressed",
    quietDeps: true,
  });
  await writeFile(join(out, `${name}.css`), `${css}\n`);
}

await writeFile(join(out, "NOTICES.txt"), await notices());
await writeFile(join(out, "sources.sha256"), `${await digest()}\n`);

/** The licence of every package a part of which is in the bundles. */
async function notices() {
  const packages = new Set(["govuk-frontend", "quill"]);
  for (const input of inputs) {
    const found = /^node_modules\/((?:@[^/]+\/)?[^/]+)\/(?:.*node_modules\/((?:@[^/]+\/)?[^/]+)\/)?/.exec(input);
    if (found) packages.add(found[2] ? `${found[1]}/node_modules/${found[2]}` : found[1]);
  }
  // Bundled already inside mammoth's browser build.
  for (const name of ["jszip", "@xmldom/xmldom", "underscore", "bluebird", "base64-js", "xmlbuilder", "dingbat-to-unicode", "lop", "path-is-absolute", "pako"]) {
    if (existsSync(join(here, "node_modules", name))) packages.add(name);
  }
  const parts = [];
  for (const name of [...packages].sort()) {
    const folder = join(here, "node_modules", name);
    const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const file = (await readdir(folder)).sort().find((each) => /^licen[cs]e|^copying/i.test(each));
    const text = file ? (await readFile(join(folder, file), "utf8")).trim() : `Licence: ${license}`;
    parts.push(`${name} ${version} (${license})\n\n${text.replaceAll("\r\n", "\n").replace(/[ \t]+$/gm, "")}\n`);
  }
  return `Parts of these packages are in the files beside this one.\n\n${parts.join(`\n${"-".repeat(80)}\n\n`)}`;
}

/** What the bundles were built from, so that a change without a build is noticed without node. */
async function digest() {
  const names = ["build.mjs", "package.json", "package-lock.json", "tsconfig.json"];
  for (const entry of await readdir(join(here, "src"), { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) names.push(relative(here, join(entry.parentPath, entry.name)).replaceAll("\\", "/"));
  }
  const hash = createHash("sha256");
  for (const name of names.sort()) {
    hash.update(`${name}\n`);
    hash.update(createHash("sha256").update(await readFile(join(here, name))).digest("hex"));
    hash.update("\n");
  }
  return hash.digest("hex");
}
