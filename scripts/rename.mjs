// Puts the name of your GitHub account in place of OWNER: npm run rename -- NAME. Also removes the notices that say what
// does not work before.
import { globSync, readFileSync, writeFileSync } from "node:fs";

const [name = ""] = process.argv.slice(2);
/** The names that GitHub allows for accounts: up to 39 letters, digits and single hyphens. */
if (!/^(?=.{1,39}$)[A-Za-z\d]+(?:-[A-Za-z\d]+)*$/.test(name) || name === "OWNER") {
  console.error("Usage: npm run rename -- NAME, the name of a GitHub account or organization");
  process.exit(2);
}
const files = globSync(["*.md", "docs/*.md", "package.json", ".github/*", ".github/**/*.yml"]);
const NOTICE = /<!-- before rename -->[\s\S]*?<!-- \/before rename -->\n*/g;
let count = 0;
for (const file of new Set(files.filter((path) => /\.\w+$|CODEOWNERS$/.test(path)))) {
  const text = readFileSync(file, "utf8");
  const renamed = text.replace(NOTICE, "").replace(/\bOWNER\b/g, name);
  if (renamed === text) continue;
  writeFileSync(file, renamed);
  count += 1;
  console.log(file);
}
console.log(count > 0 ? `Renamed in ${count} files.` : "OWNER was replaced before.");
