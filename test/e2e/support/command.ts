/** Runs the published form of the command `llamory`. */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { root } from "./bundle";

const CLI = join(root, "dist/cli.js");

/** Builds the command. */
export const buildCommand = () =>
  execFileSync(process.execPath, [join(root, "scripts/build-cli.mjs")], { stdio: "pipe" });

export interface Ran {
  code: number | null;
  out: string;
  err: string;
}

const environment = { ...process.env, LLAMORY_TOKEN: undefined, TZ: "UTC", NO_COLOR: "1" };

interface Run {
  stdin?: string | undefined;
  url?: string | undefined;
  token?: string | undefined;
  heapMb?: number | undefined;
  stopAt?: string | undefined;
}

/**
 * Runs the command with a text on stdin until it ends.
 * @param token the variable LLAMORY_TOKEN
 * @param heapMb the heap limit in megabytes; 0 for the default
 * @param stopAt interrupts the command when it writes this text
 */
export async function llamory(
  args: string[],
  { stdin = "", url = "", token, heapMb = 0, stopAt = "" }: Run = {},
): Promise<Ran> {
  const heap = heapMb > 0 ? [`--max-old-space-size=${heapMb}`] : [];
  const child = spawn(process.execPath, [...heap, CLI, ...args], {
    env: { ...environment, LLAMORY_URL: url, LLAMORY_TOKEN: token },
  });
  child.stdin.end(stdin);
  for (const output of [child.stdout, child.stderr])
    output.on("data", (text: Buffer) => {
      if (stopAt !== "" && text.toString().includes(stopAt)) child.kill("SIGINT");
    });
  return ended(child);
}

async function ended(child: ChildProcessWithoutNullStreams): Promise<Ran> {
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, out, err };
}

/** The command in a pseudo terminal. */
export class Terminal {
  readonly #child: ChildProcessWithoutNullStreams;
  /** All that the terminal shows. */
  shown = "";
  readonly ended: Promise<number | null>;
  readonly #waiting = new Set<() => void>();

  constructor(args: string[], url: string) {
    const command = [process.execPath, CLI, ...args].map((part) => `'${part}'`).join(" ");
    this.#child = spawn("script", ["-qefc", command, "/dev/null"], { env: { ...environment, LLAMORY_URL: url } });
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.shown += text;
      for (const look of this.#waiting) look();
    });
    this.ended = new Promise((resolve) => this.#child.on("close", resolve));
  }

  /** Types keys, for example `\x03` for Ctrl+C. */
  type(keys: string): void {
    this.#child.stdin.write(keys);
  }

  /** Waits until the terminal shows a text after the text of the last wait. */
  async shows(text: string): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = () => {
        const at = this.shown.indexOf(text, this.#seen);
        if (at === -1) return;
        this.#seen = at + text.length;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }
  #seen = 0;

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}

/** Whether the system has `script` of util-linux, which opens a pseudo terminal. */
export const HAS_TERMINAL = process.platform === "linux";
