/** The options of the command. */
import { parseArgs } from "node:util";
import { createClient } from "llamory/client";
import { FORMATS, type FormatName } from "../converters/export-formats";
import { type RetryOptions, retryingFetch } from "../importing/retrying-fetch";
import { CliError } from "./cli-error";

const DEFAULT_URL = "http://127.0.0.1:8787";

/** The session of questions that name none. */
export const DEFAULT_SESSION = "cli";

const OPTIONS = {
  url: { type: "string" },
  token: { type: "string" },
  session: { type: "string", short: "s" },
  user: { type: "string", short: "u" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "v" },
  format: { type: "string" },
  me: { type: "string" },
  "time-zone": { type: "string" },
  learn: { type: "boolean" },
  "dry-run": { type: "boolean" },
  fact: { type: "string" },
  yes: { type: "boolean", short: "y" },
} as const;

export type Options = ReturnType<typeof optionsOf>;

/** Parses the arguments after the program's name. @throws {CliError} for an unknown option or an invalid value */
export function optionsOf(args: string[], env: Record<string, string | undefined>) {
  const { values, positionals } = parsed(args);
  // A variable that is set but empty counts as not set.
  const url = serverAddress(values.url ?? (env.LLAMORY_URL || DEFAULT_URL));
  const token = values.token ?? (env.LLAMORY_TOKEN || undefined);
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
    throw new CliError("--token must consist of visible ASCII characters.");
  const timeZone = values["time-zone"] ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!isTimeZone(timeZone)) throw new CliError("--time-zone must be an IANA time zone such as Europe/Lisbon.");
  return { ...values, url, token, timeZone, format: formatOf(values.format), positionals };
}

/** Returns the address without slashes at its end. No error repeats it: it may contain a password. */
function serverAddress(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "")
    throw new CliError(`--url must be an address such as ${DEFAULT_URL}.`);
  // `fetch` refuses such addresses.
  if (url.username !== "" || url.password !== "")
    throw new CliError("--url must not contain a name or a password. Name an API token with --token.");
  return given.replace(/\/+$/, "");
}

function parsed(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new CliError(`${message.split(/\.\s|\n/)[0]?.replace(/\.$/, "")}. See llamory --help.`);
  }
}

function formatOf(name: string | undefined): FormatName | undefined {
  const format = FORMATS.find((known) => known === name);
  if (name !== undefined && format === undefined) throw new CliError(`--format must be one of ${FORMATS.join(", ")}.`);
  return format;
}

function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return true;
  } catch {
    return false;
  }
}

/** Returns the typed client of the server. @param retry repeats requests, which then must be safe to repeat */
export const clientOf = ({ url, token }: Options, retry?: RetryOptions) =>
  createClient(url, { token, ...(retry && { fetch: retryingFetch(retry) }) });

/** Returns the value of an option that a command needs. */
export function required(options: Options, name: "session" | "user"): string {
  const value = options[name];
  if (value === undefined || value === "") throw new CliError(`Name the ${name} with --${name} ID.`);
  return value;
}

/** Fails if there are more arguments than a command takes. */
export function noMoreThan(options: Options, count: number): void {
  const extra = options.positionals[count];
  if (extra !== undefined) throw new CliError(`There is an argument too many: ${JSON.stringify(extra)}.`);
}
