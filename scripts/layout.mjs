// Fails if a file has more than 250 lines, if two files of src have the same name, or if code looks up objects without
// their jurisdiction.
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

const MAX_LINES = 250;
const root = join(import.meta.dirname, "..");
const files = globSync("{src,test,scripts,bench}/**/*.{ts,tsx,mjs}", {
  cwd: root,
  exclude: ["**/node_modules/**", "**/.wrangler/**", "test/clients/generated-*/**", "test/mutants/sandbox/**"],
});
const problems = files.flatMap((file) => {
  const lines = readFileSync(join(root, file), "utf8").split("\n").length - 1;
  return lines > MAX_LINES ? [`${file} has ${lines} lines; the limit is ${MAX_LINES}`] : [];
});
const own = files.filter((file) => file.startsWith("src/"));
for (const group of Map.groupBy(own, (file) => basename(file)).values()) {
  if (group.length > 1) problems.push(`${group.join(" and ")} have the same name`);
}
for (const file of own.filter((name) => !name.endsWith("object-of.ts"))) {
  if (/\.(?:getByName|idFromName)\(/.test(readFileSync(join(root, file), "utf8"))) {
    problems.push(`${file} looks up an object itself; use objectOf of src/object-of.ts`);
  }
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
