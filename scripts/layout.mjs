// Fails if a file has more than 250 lines, if two files of src have the same name, if a file of src imports zod's or
// Hono's large build, uses a part of Hono that the Worker lacks or looks up objects without their jurisdiction, or if a
// test waits without a generous limit.
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { USE_OF_UNUSED } from "./unused-of-hono.mjs";

const MAX_LINES = 250;
/** The file whose function tests wait with. */
const WAITS = "test/support/eventually.ts";
const root = join(import.meta.dirname, "..");
const files = globSync("{src,test,scripts,bench}/**/*.{ts,tsx,mjs}", {
  cwd: root,
  exclude: ["**/node_modules/**", "**/.wrangler/**", "test/clients/generated-*/**", "test/mutants/sandbox/**"],
});
const problems = files.flatMap((file) => {
  const text = readFileSync(join(root, file), "utf8");
  const lines = text.split("\n").length - 1;
  return [
    ...(lines > MAX_LINES
      ? [`${file} has ${lines} lines; the limit is ${MAX_LINES}: move a part to a file of its own`]
      : []),
    ...(file.startsWith("src/") && /from "zod(\/v4)?"/.test(text)
      ? [`${file} imports "zod"; import "zod/mini", because "zod" adds 10 KiB gzipped to the Worker`]
      : []),
    ...(/^import \{[^}]*\bHono\b[^}]*\} from "hono";/m.test(text) && file.startsWith("src/")
      ? [`${file} imports Hono from "hono"; import it from "hono/tiny", which is 2 KiB gzipped smaller`]
      : []),
    ...(/^src\/(?:app|middleware|routes|rpc)\b/.test(file) && USE_OF_UNUSED.test(text)
      ? [
          `${file} uses a part of Hono that the Worker is built without (scripts/unused-of-hono.mjs): ${USE_OF_UNUSED.exec(text)[0]}`,
        ]
      : []),
    ...(file.startsWith("src/") && !file.endsWith("object-of.ts") && /\.(?:getByName|idFromName)\(/.test(text)
      ? [`${file} looks up an object; use objectOf of src/object-of.ts, which knows the jurisdiction`]
      : []),
    // Its default limit is a second, which a busy machine exceeds.
    ...(file !== WAITS && /\bvi\.wait(?:For|Until)\(/.test(text) ? [`${file} uses vi.waitFor; use ${WAITS}`] : []),
  ];
});
const own = files.filter((file) => file.startsWith("src/"));
for (const group of Map.groupBy(own, (file) => basename(file)).values()) {
  if (group.length > 1) problems.push(`${group.join(" and ")} have the same name`);
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
