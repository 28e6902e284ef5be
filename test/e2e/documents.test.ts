/**
 * Checks that everything the documents name exists, and that they name everything they should. `npm run test:docs` runs
 * their commands.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "./support/bundle";
import { commandsOf, documents } from "./support/documents";

const files = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).trim().split("\n");
const names = new Set(files.map((path) => basename(path)));
const source = (path: string) => readFileSync(join(root, path), "utf8");
const documentOf = (path: string) => {
  const found = documents.find((document) => document.path === path);
  if (!found) throw new Error(`There is no ${path}.`);
  return found;
};

const FILE = /^(?:[\w.*-]+\/)*[\w.*-]+\.(?:ts|tsx|mjs|toml|json|md|html)$/;
const FOLDER =
  /^(?:src|test|docs|scripts|bench|postman|do|turn|llm|wire|rpc|schema|routes|middleware|converters|importing|cli|page|session|user|memory|sqlite)(?:\/[\w-]+)*\/$/;

/** Files in the exports of other products. */
const FOREIGN = ["MyActivity.json", "prod-grok-backend.json", "message_1.json", "data.json"];

/** Returns whether a path in a document exists: in the root, in `src` or, for a name alone, anywhere. */
const isThere = (path: string) =>
  path.includes("*") ||
  FOREIGN.includes(path) ||
  [path, `src/${path}`, `src/do/${path}`].some((place) => existsSync(join(root, place))) ||
  names.has(path);

describe.each(documents)("$path", ({ path, links, codes, blocks }) => {
  it("links to what is there", () => {
    for (const link of links.filter((href) => !/^https?:/.test(href))) {
      const [file = "", anchor] = link.split("#");
      const target = file === "" ? path : join(dirname(path), file);
      expect(existsSync(join(root, target)), link).toBe(true);
      if (anchor !== undefined) expect(documentOf(target).anchors, link).toContain(anchor);
    }
  });

  it("names files that are there", () => {
    const missing = codes.filter((code) => (FILE.test(code) || FOLDER.test(code)) && !isThere(code));
    expect(missing).toEqual([]);
  });

  it("names scripts that are there", () => {
    const { scripts } = JSON.parse(source("package.json"));
    const commands = [...codes, ...blocks.filter(({ language }) => language === "sh").flatMap(commandsOf)];
    const named = commands.flatMap((command) =>
      [...command.matchAll(/npm (?:run (?:-s )?([\w:]+)|(start|test))/g)].map(([, run, itself]) => run ?? itself),
    );
    for (const script of named) expect(scripts).toHaveProperty([script ?? ""]);
  });
});

it("no line of a diagram has a semicolon, which would end it", () => {
  const diagrams = documents.flatMap(({ blocks }) => blocks.filter(({ language }) => language === "mermaid"));
  expect(diagrams.length).toBeGreaterThan(0);
  for (const { text } of diagrams) expect(text).not.toContain(";");
});

describe("documents for users", () => {
  const pages = documents.filter(({ path }) => path.startsWith("docs/") && path !== "docs/storage.md");

  it.each(pages)("$path begins with a command", ({ text }) => {
    const [beginning = ""] = text.split("\n## ");
    expect(beginning).toContain("\n```sh\n");
  });

  it("README.md links to all of them, and to the other documents", () => {
    const { links } = documentOf("README.md");
    const targets = new Set(links.map((link) => link.replace(/#.*/, "")));
    for (const { path } of documents.filter(({ path }) => path !== "README.md")) expect(targets).toContain(path);
  });

  it("badges of README.md say the license and the Node.js version of the package", () => {
    const { license, engines } = JSON.parse(source("package.json"));
    const { text } = documentOf("README.md");
    const badges = [...text.matchAll(/img\.shields\.io\/badge\/(\w+)-([^-]+)-/g)].map(([, name, value = ""]) => [
      name,
      decodeURIComponent(value),
    ]);
    expect(Object.fromEntries(badges)).toEqual({ license, node: engines.node });
  });
});

describe("what is there", () => {
  it("has every file of ARCHITECTURE.md's tree, in its folder", () => {
    const [tree] = documentOf("ARCHITECTURE.md").blocks;
    const folders: string[] = [];
    for (const line of tree?.text.split("\n") ?? []) {
      const depth = line.search(/\S/) / 2;
      const [name = ""] = line.trim().split(/\s+/);
      // A line may name more files after `;`.
      const more = [...line.matchAll(/; ([\w-]+\.tsx?) /g)].map(([, file]) => file ?? "");
      for (const entry of [name, ...more]) {
        expect(existsSync(join(root, ...folders.slice(0, depth), entry)), line).toBe(true);
      }
      if (name.endsWith("/")) folders.splice(depth, folders.length, name);
    }
  });

  it("has a line in docs/operations.md for each event of the log", () => {
    const events = files
      .filter((path) => path.startsWith("src/"))
      .flatMap((path) => [...source(path).matchAll(/\blog\("\w+", "(\w+)"/g)].map(([, event]) => event ?? ""));
    const rows = documentOf("docs/operations.md").text.match(/^\| `event`[\s\S]*?\n\n/m)?.[0] ?? "";
    const documented = [...rows.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = ""]) => cell.match(/\w+/g) ?? []);
    expect(documented.filter((name) => name !== "event").sort()).toEqual([...new Set(events)].sort());
  });

  const codes = [...source("src/wire/problem.ts").matchAll(/^ {2}(\w+): \[(\d{3}),/gm)].map(([, ...row]) =>
    row.join(" "),
  );

  it("has a line in docs/troubleshooting.md for each code of the API, with its status", () => {
    const { text } = documentOf("docs/troubleshooting.md");
    const rows = [...text.matchAll(/^\| `(\w+)` (\d{3}) \| [^|]+ \| [^|]+ \|$/gm)].map(([, ...row]) => row.join(" "));
    expect(codes.length).toBeGreaterThan(50);
    expect(rows.sort()).toEqual(codes.sort());
  });

  it("returns every status with its code that a document names", () => {
    const named = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/\b([45]\d\d) (?:with |and )?`([a-z]+(?:_[a-z]+)*)`/g)].map(
        ([, status, code]) => `${path}: ${code} ${status}`,
      ),
    );
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((one) => !codes.includes(one.split(": ")[1] ?? ""))).toEqual([]);
  });

  it("has every route that docs/api.md names in the OpenAPI document", () => {
    const { paths } = JSON.parse(source("openapi.json"));
    const routes = Object.entries<Record<string, unknown>>(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")}`),
    );
    const { text } = documentOf("docs/api.md");
    const named = [...text.matchAll(/`((?:GET|POST|PATCH|DELETE) \/[^?`]*)[^`]*`/g)].map(([, route]) => route);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((route) => !routes.includes(route ?? ""))).toEqual([]);
  });

  it("has every table in docs/storage.md", () => {
    const { text } = documentOf("docs/storage.md");
    const tables = source("src/do/sqlite/migrations.ts").matchAll(
      /CREATE (?:VIRTUAL )?TABLE (?:IF NOT EXISTS )?(\w+)/g,
    );
    for (const [, table] of tables) expect(text).toContain(`\`${table}\``);
  });
});
