// Runs the checks of `npm run check` one after another. Prints a line before each and the total time at the end.
import { spawnSync } from "node:child_process";

const steps = [
  ["types", "tsc"],
  ["build", "npm run -s build"],
  ["types of the page", "tsc -p tsconfig.page.json"],
  ["types of the end-to-end tests", "tsc -p test/e2e"],
  ["format and lint", "biome check --error-on-warnings ."],
  ["unused code", "knip"],
  ["layout", "node scripts/layout.mjs"],
  ["OpenAPI document", "node scripts/openapi.mjs --check"],
  ["costs", "node scripts/scale.mjs --check"],
  ["sizes", "node scripts/size.mjs"],
];

const started = performance.now();
const seconds = () => `${((performance.now() - started) / 1_000).toFixed(0)} s`;
for (const [at, [name, command]] of steps.entries()) {
  console.log(`check ${at + 1}/${steps.length}: ${name} (${command}), after ${seconds()}`);
  const { status } = spawnSync(command, { shell: true, stdio: "inherit" });
  if (status !== 0) {
    console.error(`check failed: ${name}. The command was: ${command}`);
    process.exit(status ?? 1);
  }
}
console.log(`check passed in ${seconds()}`);
