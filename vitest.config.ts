import { accessSync, constants, statfsSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { cloudflareTest } from "@cloudflare/vitest-pool-workers";
import { kCurrentWorker } from "miniflare";
import { defineConfig } from "vitest/config";

/** The folder for temporary files. */
const DISK = tmpdir();
/** Linux's folder in memory. */
const MEMORY = "/dev/shm";

/** Returns whether there is a folder in memory with 2 GiB left. A run needs up to 0.5; containers often have 64 MiB. */
function hasMemory(): boolean {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= 2 ** 31;
  } catch {
    return false;
  }
}

// Miniflare stores objects in the folder for temporary files. On a disk, commits take a third of the time of all tests.
if (hasMemory()) process.env.TMPDIR = MEMORY;

/** The Worker of the tests. Only its model is replaced. */
const workerd = () =>
  cloudflareTest({
    main: "./test/support/entry.ts",
    // Otherwise workerd prints a stack for each failure that a test causes.
    verbose: false,
    wrangler: { configPath: "./wrangler.local.toml" },
    miniflare: {
      // With the default, a turn on a busy machine does without the user's memory.
      bindings: { USER_TIMEOUT_MS: "30000" },
      serviceBindings: { AI: { name: kCurrentWorker, entrypoint: "ScriptedModel" } },
      durableObjects: { SCRIPTS: { className: "ScriptDO", useSQLite: true } },
    },
  });

/** Tests that need no runtime of Cloudflare: whole folders, and files named `*.pure.test.ts`. */
const PURE = [
  "test/turn/**/*.test.ts",
  "test/converters/**/*.test.ts",
  "test/schema/**/*.test.ts",
  "test/llm/json-schema/**/*.test.ts",
  "test/**/*.pure.test.ts",
];

/** Tests of the page in a browser. */
const PAGE = "test/e2e/page*.test.ts";
/** Tests of the `llamory` command and of the package. */
const COMMAND = ["test/e2e/cli*.test.ts", "test/e2e/package.test.ts"];
/** Options of tests against servers that they start. */
const SERVERS = {
  globalSetup: "test/e2e/support/bundle.ts",
  // Chromium and packages are too large for the memory.
  env: { TMPDIR: DISK },
  testTimeout: 120_000,
  hookTimeout: 120_000,
  // The default is a second, which a busy machine exceeds.
  expect: { poll: { timeout: 30_000 } },
};

/** Thousands of random operations over HTTP. */
const FUZZ = ["test/fuzz*.test.ts"];
/** Tests whose random runs take long: some of the runs in `npm test`, all with the project `fuzz`. */
const RANDOM = [
  "test/do/operations.test.ts",
  "test/llm/any-reply.test.ts",
  "test/llm/json-schema/against-ajv.test.ts",
  "test/routes/prompt.test.ts",
  "test/users/fact-model.test.ts",
];
/** Folders of other suites. */
const OTHERS = ["e2e", "clients", "compat", "mutants", "crash", "docs", "import", "worst", "meaning"].map(
  (folder) => `test/${folder}/**`,
);

/** Returns a project whose tests run together with the Worker, in one runtime per core. */
const inWorkerd = (name: string, include: string[], exclude: string[], thorough = false) => ({
  plugins: [workerd()],
  test: {
    name,
    // Files share a runtime, because starting one for each takes half of the time. Each test uses sessions of its own.
    isolate: false,
    setupFiles: "test/support/check-log.ts",
    include,
    exclude,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    provide: { thorough, seed: Number(process.env.SEED ?? 23) },
  },
});

/**
 * - `pure`: in Node, for modules without imports of `cloudflare:*`
 * - `worker`: in workerd, in one isolate with the Worker
 * - `fuzz`: the same with thousands of random operations and all runs of random tests, which is slow
 * - `meaning`: the same with a real encoder, which is slow
 * - `e2e`: against servers that the tests start
 * - `page`: the same, of the page in a browser, which is slow
 * - `command`: the same, of the command and of the package in an empty folder, which is slow
 */
export default defineConfig({
  test: {
    // Prints the Worker's log for failing tests only.
    silent: "passed-only",
    // Vitest starts one worker on two cores, but end-to-end tests mostly wait.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: "pure",
          isolate: false,
          include: PURE,
          exclude: ["**/node_modules/**", "test/mutants/**"],
          testTimeout: 60_000,
        },
      },
      inWorkerd("worker", ["test/**/*.test.ts"], [...PURE, ...FUZZ, ...OTHERS]),
      inWorkerd("fuzz", [...FUZZ, ...RANDOM], [], true),
      {
        plugins: [workerd()],
        test: {
          name: "meaning",
          setupFiles: "test/support/check-log.ts",
          include: ["test/meaning/**/*.test.ts"],
          globalSetup: "test/e2e/support/encoder.ts",
          testTimeout: 60_000,
        },
      },
      {
        test: {
          ...SERVERS,
          name: "e2e",
          isolate: false,
          // newman uses a deprecated module.
          execArgv: ["--disable-warning=DEP0176"],
          include: ["test/e2e/**/*.test.ts"],
          exclude: [PAGE, ...COMMAND],
        },
      },
      { test: { ...SERVERS, name: "command", include: COMMAND } },
      { test: { ...SERVERS, name: "page", include: [PAGE] } },
    ],
  },
});
