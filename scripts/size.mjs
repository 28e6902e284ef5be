// Fails if the Worker (built as by `npm run deploy`), its word list or the page exceed their limits, or if the Worker
// contains documentation of its routes.
import { execFileSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const LIMIT_KIB = 125;
const WORDS = join(import.meta.dirname, "../src/do/memory/lexicon.ts");
const WORDS_LIMIT_KIB = 8;
const PAGE = join(import.meta.dirname, "../dist/page");
// The files of the page's first load. The files of `lazy` are loaded on demand.
const PAGE_FIRST = ["index.html", "icon.svg", "manifest.webmanifest", "page.js", "page.css"];
const PAGE_LIMIT_KIB = 60;
const LAZY_LIMIT_KIB = 70;

const kibOf = (file) => gzipSync(readFileSync(file), { level: 9 }).length / 1024;

const kibIn = (folder, exclude = []) =>
  globSync("**/*", { cwd: folder, exclude, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => kibOf(join(entry.parentPath, entry.name)))
    .reduce((sum, size) => sum + size, 0);

const out = mkdtempSync(join(tmpdir(), "llamory-"));
try {
  const wrangler = join(import.meta.dirname, "../node_modules/wrangler/bin/wrangler.js");
  execFileSync(process.execPath, [wrangler, "deploy", "--dry-run", "--outdir", out], { stdio: "pipe" });
  // wrangler writes these files next to the modules and does not upload them.
  const kib = kibIn(out, ["**/*.map", "**/README.md"]);
  const first = globSync(PAGE_FIRST, { cwd: PAGE });
  const page = first.map((name) => kibOf(join(PAGE, name))).reduce((sum, size) => sum + size, 0);
  const lazy = kibIn(join(PAGE, "lazy"));
  const words = kibOf(WORDS);
  console.log(
    `The Worker is ${kib.toFixed(1)} KiB gzipped, of ${LIMIT_KIB} KiB; its word list ${words.toFixed(1)} of ${WORDS_LIMIT_KIB}, its page ${page.toFixed(1)} of ${PAGE_LIMIT_KIB}, loaded later ${lazy.toFixed(1)} of ${LAZY_LIMIT_KIB}.`,
  );
  const code = readFileSync(join(out, "index.js"), "utf8");
  const { paths } = JSON.parse(readFileSync(join(import.meta.dirname, "../openapi.json"), "utf8"));
  const bundled = Object.values(paths)
    .flatMap(Object.values)
    .filter(({ summary }) => [`"`, `'`, "`"].some((quote) => code.includes(quote + summary + quote)));
  for (const { summary } of bundled) console.error(`The Worker contains documentation: ${summary}`);
  if (bundled.length > 0) process.exitCode = 1;
  const sizes = [
    ["The Worker", kib, LIMIT_KIB],
    ["The word list", words, WORDS_LIMIT_KIB],
    ["The page", page, PAGE_LIMIT_KIB],
    ["The part of the page that is loaded later", lazy, LAZY_LIMIT_KIB],
  ];
  for (const [name, size, limit] of sizes.filter(([, size, limit]) => size > limit)) {
    console.error(
      `${name} has ${size.toFixed(2)} KiB gzipped, more than ${limit}: shorten it, or raise the limit in scripts/size.mjs`,
    );
    process.exitCode = 1;
  }
} finally {
  rmSync(out, { recursive: true });
}
