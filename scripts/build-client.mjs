// Builds `llamory/client` into dist: the client and the types of the routes, without the Worker's types.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const out = mkdtempSync(join(tmpdir(), "llamory-client-"));

/** Returns a compiled file with replacements. Fails if a text to replace is missing. */
function emitted(name, ...changes) {
  let text = readFileSync(join(out, name), "utf8");
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`${name} has no ${from}: change scripts/build-client.mjs`);
    text = text.replaceAll(from, to);
  }
  return text;
}

try {
  const flags = ["--noEmit", "false", "--declaration", "--stripInternal", "--rootDir", "src", "--outDir", out];
  execFileSync(
    process.execPath,
    [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.client.json", ...flags],
    {
      cwd: root,
      stdio: "inherit",
    },
  );
  mkdirSync(join(root, "dist"), { recursive: true });
  writeFileSync(join(root, "dist/client.js"), emitted("client.js", ['"./client-retry"', '"./client-retry.js"']));
  writeFileSync(join(root, "dist/client-retry.js"), emitted("client-retry.js"));
  writeFileSync(
    join(root, "dist/client.d.ts"),
    emitted("client.d.ts", ['"./app"', '"./app.js"'], ['"./wire/problem-status"', '"./problem-status.js"']),
  );
  writeFileSync(join(root, "dist/problem-status.d.ts"), emitted("wire/problem-status.d.ts"));
  writeFileSync(
    join(root, "dist/app.d.ts"),
    emitted(
      "app.d.ts",
      // Removes the types of the Worker's bindings, which clients do not need.
      [
        /import type { AppEnv } from "\.\/env";\n/.exec(readFileSync(join(out, "app.d.ts"), "utf8"))?.[0] ?? "AppEnv",
        "type AppEnv = object;\n",
      ],
    ),
  );
} finally {
  rmSync(out, { recursive: true });
}
