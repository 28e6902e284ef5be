import { type ChildProcess, spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { sum } from "../../../src/turn/sum";
import { root } from "./bundle";

/** Whether a process's CPU time and memory can be read. Tests that need them skip elsewhere. */
export const HAS_PROC = existsSync("/proc/self/schedstat");
export const NO_PROC = "CPU is read from the scheduler of Linux";

export interface WorkerdOptions {
  /** The bundled Worker. */
  bundle: string;
  /** The bundle whose objects the Worker calls, if they are of another version than the Worker. */
  objects?: string;
  /**
   * The service behind `AI`: the runtime's own Workers AI client with the test's server (`host:port`) as upstream, the
   * Worker's entrypoint that wraps this client, or another entrypoint of the Worker.
   */
  ai: { upstream: string; through?: "WorkersAI" } | { entrypoint: "OfflineModel" | "OpenAIModel" };
  settings?: Record<string, string>;
  /**
   * A server of the test (`host:port`) that receives each ended invocation as an {@link Ended}. A request
   * with the header `x-leave` uses a client that disconnects as soon as that server has answered its `GET /leave`:
   * workerd notices a disconnect at once from an internal client, but never from a client over TCP.
   */
  watcher?: string;
  /** The heap limit of JavaScript in megabytes. The process ends if it needs more. */
  heapMb?: number;
}

/** An invocation that has ended: a request to the Worker, or a call of an object. */
export interface Ended {
  what: string;
  outcome: string;
}

const WATCHED = `export default {
  async tail(items, env) {
    for (const { event, outcome } of items) {
      const what = event?.request ? event.request.method + " " + new URL(event.request.url).pathname : event?.rpcMethod;
      await env.WATCHER.fetch("http://watcher/", { method: "POST", body: JSON.stringify({ what, outcome }) });
    }
  },
  async fetch(request, env) {
    if (!request.headers.has("x-leave")) return env.LLAMORY.fetch(request);
    const client = new AbortController();
    const asked = env.LLAMORY.fetch(new Request(request, { signal: client.signal })).then((response) => response.text());
    await env.WATCHER.fetch("http://watcher/leave");
    client.abort();
    return new Response(await asked.then(() => "answered", () => "left"));
  },
};`;

/** Returns the CPU of a thread; 0 if it has just ended. */
function nanosecondsOf(schedstat: string): number {
  try {
    return Number.parseInt(readFileSync(schedstat, "utf8"), 10);
  } catch {
    return 0;
  }
}

/** Runs the bundle on bare workerd. Its storage on disk outlives the process. */
export class Workerd {
  readonly #folder = mkdtempSync(join(tmpdir(), "llamory-workerd-"));
  #process: ChildProcess | undefined;
  url = "";
  /** The Worker's log. */
  log = "";

  constructor({ bundle, objects, ai, settings = {}, watcher, heapMb }: WorkerdOptions) {
    // The deployed bundle does not contain the models behind `AI`.
    const isLocal = "entrypoint" in ai || ai.through !== undefined;
    const copy = (from: string, name: string) =>
      copyFileSync(isLocal ? join(dirname(from), "local.js") : from, join(this.#folder, name));
    copy(bundle, "index.js");
    if (objects) copy(objects, "objects.js");
    writeFileSync(join(this.#folder, "watched.js"), WATCHED);
    mkdirSync(join(this.#folder, "storage"));
    const client = (name: string) =>
      `(name = "${name}", wrapped = (moduleName = "cloudflare-internal:ai-api", innerBindings = [(name = "fetcher", service = "upstream")]))`;
    const entrypoint = (name: string) => `(name = "AI", service = (name = "llamory", entrypoint = "${name}"))`;
    const bindings =
      "entrypoint" in ai
        ? [entrypoint(ai.entrypoint)]
        : ai.through
          ? [entrypoint(ai.through), client("WORKERS_AI")]
          : [client("AI")];
    // A busy machine needs more time for the user's object than the default.
    const defaults = { AUTH: "off", EMBEDDING_MODEL: "", USER_TIMEOUT_MS: "30000" };
    const vars = Object.entries({ ...defaults, ...settings }).map(
      ([name, value]) => `(name = ${JSON.stringify(name)}, text = ${JSON.stringify(value)})`,
    );
    const classOf = (name: string) => `(className = "${name}"${objects ? ', serviceName = "objects"' : ""})`;
    const both = `
      compatibilityDate = "2026-11-02",
      compatibilityFlags = ["enable_request_signal"],
      bindings = [
        ${[...bindings, ...vars].join(",\n")},
        (name = "ASSETS", service = "assets"),
        (name = "CHAT_DO", durableObjectNamespace = ${classOf("ChatDO")}),
        (name = "MY_DURABLE_OBJECT", durableObjectNamespace = ${classOf("LegacyDO")}),
        (name = "TENANT_DO", durableObjectNamespace = ${classOf("TenantDO")}),
        (name = "USER_DO", durableObjectNamespace = ${classOf("UserDO")}),
      ]`;
    const storage = `
      durableObjectNamespaces = [
        (className = "ChatDO", uniqueKey = "chat", enableSql = true),
        (className = "LegacyDO", uniqueKey = "legacy", enableSql = true),
        (className = "TenantDO", uniqueKey = "usage", enableSql = true),
        (className = "UserDO", uniqueKey = "user", enableSql = true),
      ],
      durableObjectStorage = (localDisk = "storage"),`;
    writeFileSync(
      join(this.#folder, "config.capnp"),
      `using Workerd = import "/workerd/workerd.capnp";
      const config :Workerd.Config = (
        services = [
          (name = "llamory", worker = .llamory),
          ${objects ? '(name = "objects", worker = .objects),' : ""}
          (name = "assets", disk = "${join(root, "dist/page")}"),
          (name = "internet", network = (allow = ["private"])),
          (name = "storage", disk = (path = "${join(this.#folder, "storage")}", writable = true)),
          ${"upstream" in ai ? `(name = "upstream", external = (address = "${ai.upstream}", http = ())),` : ""}
          ${watcher ? `(name = "watcher", external = (address = "${watcher}", http = ())), (name = "watched", worker = .watched),` : ""}
        ],
        ${heapMb ? `v8Flags = ["--max-heap-size=${heapMb}"],` : ""}
        sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "${watcher ? "watched" : "llamory"}")],
      );
      const llamory :Workerd.Worker = (
        modules = [(name = "index.js", esModule = embed "index.js")],
        ${both},
        ${objects ? "" : storage}
        ${watcher ? 'tails = ["watched"],' : ""}
      );
      ${objects ? `const objects :Workerd.Worker = (modules = [(name = "objects.js", esModule = embed "objects.js")], ${both}, ${storage});` : ""}
      const watched :Workerd.Worker = (
        modules = [(name = "watched.js", esModule = embed "watched.js")],
        compatibilityDate = "2026-11-02",
        ${watcher ? 'bindings = [(name = "WATCHER", service = "watcher"), (name = "LLAMORY", service = "llamory")],' : ""}
      );`,
    );
  }

  /** Returns the SQLite files of the sessions. Open them only while the process is not running. */
  sessionFiles(): string[] {
    const folder = join(this.#folder, "storage/chat");
    const files = readdirSync(folder).filter((file) => file.endsWith(".sqlite"));
    return files.map((file) => join(folder, file));
  }

  /** Starts the process. Every later start uses the first port again. */
  async start(): Promise<void> {
    const args = ["serve", join(this.#folder, "config.capnp"), "--control-fd=3", "--experimental"];
    if (this.url) args.push(`--socket-addr=http=127.0.0.1:${new URL(this.url).port}`);
    const child = spawn(join(root, "node_modules/workerd/bin/workerd"), args, {
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (data: Buffer) => {
        this.log += data.toString();
      });
    }
    const control = child.stdio[3] as Readable;
    for await (const line of createInterface({ input: control })) {
      const event: unknown = JSON.parse(line);
      if (typeof event === "object" && event !== null && "port" in event) {
        this.url = `http://127.0.0.1:${event.port}`;
        return;
      }
    }
    throw new Error(`workerd did not start: ${this.log}`);
  }

  /** Returns the CPU milliseconds of the process's threads that run. The scheduler counts nanoseconds. */
  cpuMs(): number {
    const threads = `/proc/${this.#process?.pid}/task`;
    return sum(readdirSync(threads), (id) => nanosecondsOf(`${threads}/${id}/schedstat`)) / 1e6;
  }

  /** Returns the process's peak memory in megabytes. */
  peakMb(): number {
    const status = readFileSync(`/proc/${this.#process?.pid}/status`, "utf8");
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1_024;
  }

  /** Returns the process's memory in megabytes. */
  residentMb(): number {
    const status = readFileSync(`/proc/${this.#process?.pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1_024;
  }

  /** Kills the process with SIGKILL, so it cannot clean up or flush. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
