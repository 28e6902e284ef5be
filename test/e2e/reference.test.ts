import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "./support/bundle";

const built = (name: string) => readFileSync(join(root, "dist/page", name), "utf8");
const html = built("docs.html");
const { paths, components } = JSON.parse(built("openapi.json"));
const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);

describe("the API reference", () => {
  it("has an anchor for each of its links, and each anchor once", () => {
    const links = [...html.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id);
    expect(links.length).toBeGreaterThan(100);
    expect(links.filter((id) => !ids.includes(id))).toEqual([]);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  });

  it("links to files that are there", () => {
    const files = [...html.matchAll(/(?:href|src)="\/([^"#]+)"/g)].map(([, name]) => name ?? "");
    expect(files.length).toBeGreaterThan(0);
    for (const name of files) expect(built(name)).not.toBe("");
  });

  it("has every operation, parameter and code, and no text that was not escaped", () => {
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods as object));
    for (const { operationId, parameters = [] } of operations) {
      expect(ids).toContain(operationId);
      for (const { name } of parameters) expect(html).toContain(`<code>${name}</code>`);
    }
    const codes = Object.keys(components.examples).filter((name) => !name.startsWith("openai_"));
    for (const name of codes) expect(ids).toContain(`code-${name}`);
    expect(html).not.toMatch(/`|undefined|\[object Object\]|<(?:turnId|token)>/);
  });
});
