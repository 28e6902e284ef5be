// Fails where a file of src is longer than a reader holds in mind, or two have one name.
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

const MAX_LINES = 250;
const root = join(import.meta.dirname, "..");
const files = globSync("src/**/*.{ts,tsx}", { cwd: root });
const problems = files.flatMap((file) => {
  const lines = readFileSync(join(root, file), "utf8").split("\n").length - 1;
  return lines > MAX_LINES ? [`${file} has ${lines} lines, of ${MAX_LINES}`] : [];
});
for (const [name, group] of Map.groupBy(files, (file) => basename(file))) {
  if (group.length > 1) problems.push(`${name} is a name of ${group.join(" and ")}`);
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
