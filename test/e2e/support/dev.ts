import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { eventually } from "../../support/eventually";
import { root } from "./bundle";

/** Returns a port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}

/** Runs `npm start`, or the same with another configuration. Its own storage outlives the process. */
export class Dev {
  readonly #command: string[];
  readonly #storage = mkdtempSync(join(tmpdir(), "llamory-dev-"));
  readonly #more: string[];
  readonly #env: Record<string, string>;
  #process: ChildProcess | undefined;
  #port = 0;
  url = "";
  console = "";

  /**
   * @param more arguments of `npm start` after `--`
   * @param script another npm script that starts a server
   * @param env more environment variables
   */
  constructor(config?: string, more: string[] = [], script = "start", env: Record<string, string> = {}) {
    this.#more = more;
    this.#env = env;
    this.#command = ["npm", "run", script, "--", ...(config ? ["-c", config] : [])];
  }

  get isRunning(): boolean {
    return this.#process !== undefined;
  }

  async start(): Promise<void> {
    this.console = "";
    // Uses the same port after a restart, because clients may still use it.
    this.#port ||= await freePort();
    this.url = `http://127.0.0.1:${this.#port}`;
    const [command = "", ...args] = this.#command;
    args.push(...this.#more, "--port", String(this.#port), "--persist-to", this.#storage, "--inspector-port", "0");
    // A process group, so that npm, wrangler and workerd can be killed together.
    const child = spawn(command, args, {
      cwd: root,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...this.#env },
    });
    this.#process = child;
    await new Promise<void>((resolve, reject) => {
      const listen = (data: Buffer) => {
        this.console += data.toString();
        if (this.console.includes("Ctrl+C")) resolve();
      };
      child.stdout?.on("data", listen);
      child.stderr?.on("data", listen);
      child.once("close", () => {
        // After a restart, the process is another one.
        if (this.#process === child) this.#process = undefined;
        reject(new Error(`the server ended: ${this.console}`));
      });
    });
  }

  /** Sends SIGKILL to the whole process group. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child?.pid === undefined) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    process.kill(-child.pid, "SIGKILL");
    await gone;
  }

  /** Sends a signal to npm alone, as a supervisor does. Returns when all processes that it started have ended. */
  async stop(signal: "SIGTERM" | "SIGINT"): Promise<void> {
    const child = this.#process;
    if (child?.pid === undefined) return;
    const group = -child.pid;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await gone;
    await eventually(() => expect(() => process.kill(group, 0)).toThrow("ESRCH"));
    this.#process = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.#storage, { recursive: true, force: true });
  }
}
