// Runs the checks of `npm run check` in two lists at the same time, because most steps use one core. Prints a line before
// each step and the total time at the end.
import { spawn } from "node:child_process";
import { once } from "node:events";

/** The steps of a list run one after another. Only those of the first list need what `build` makes. */
const lists = [
  [
    ["types", "tsc"],
    ["build", "npm run -s build"],
    ["types of the page", "tsc -p tsconfig.page.json"],
    ["types of the end-to-end tests", "tsc -p test/e2e"],
    ["sizes", "node scripts/size.mjs"],
  ],
  [
    ["format and lint", "biome check --error-on-warnings ."],
    ["unused code", "knip"],
    ["layout", "node scripts/layout.mjs"],
    ["OpenAPI document", "node scripts/openapi.mjs --check"],
    ["costs", "node scripts/scale.mjs --check"],
  ],
];

const count = lists.flat().length;
const began = performance.now();
const seconds = () => `${((performance.now() - began) / 1_000).toFixed(0)} s`;
let started = 0;

async function run(steps) {
  for (const [name, command] of steps) {
    // A step of the other list has failed.
    if (process.exitCode) return;
    started += 1;
    console.log(`check ${started}/${count}: ${name} (${command}), after ${seconds()}`);
    const [status] = await once(spawn(command, { shell: true, stdio: "inherit" }), "close");
    if (status === 0) continue;
    console.error(`check failed: ${name}. The command was: ${command}`);
    process.exitCode = status ?? 1;
  }
}

await Promise.all(lists.map(run));
if (!process.exitCode) console.log(`check passed in ${seconds()}`);
