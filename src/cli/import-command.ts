/** `llamory import FILE`. */
import { COMMAND_FORMATS } from "../converters/command-formats";
import { type ConvertRequest, convert } from "../converters/convert";
import type { Converted, Skipped } from "../converters/converted";
import { type Imported, importAll } from "../importing/import-conversation";
import { CliError, EXIT, type ExitCode } from "./cli-error";
import { countText } from "./count-text";
import { openSource } from "./file-source";
import { importOwn, ownKindIn } from "./import-own";
import { clientOf, noMoreThan, type Options } from "./options";
import { ProgressLine } from "./progress-line";
import { writeText } from "./terminal-text";

/** The conversations that a summary names. */
const NAMED = 20;

const STATES: Record<Imported["state"], string> = {
  new: "new",
  grown: "continued",
  unchanged: "unchanged",
  empty: "without messages",
  other: "skipped, because the session contains other messages",
  failed: "refused",
};

/** The result of an import; in a dry run, of the import that would follow. */
interface Summary {
  dryRun: boolean;
  conversations: Record<Imported["state"], number>;
  messages: number;
  /** Messages that were left out, by reason. */
  skipped: Skipped;
  /** Messages that the server refused, by reason. */
  refused: Skipped;
  /** The first conversations that were refused or skipped. */
  problems: { sessionId: string; title: string | undefined; why: string }[];
}

export async function importCommand(options: Options, signal: AbortSignal): Promise<ExitCode> {
  const [, path] = options.positionals;
  if (path === undefined) throw new CliError("Name the file to import: llamory import FILE.");
  noMoreThan(options, 2);
  const { user: userId, learn } = options;
  if (learn && userId === undefined) throw new CliError("Facts are about a user: name --user with --learn.");
  const dryRun = options["dry-run"] ?? false;
  const request = {
    timeZone: options.timeZone,
    me: options.me,
    format: options.format,
    formats: COMMAND_FORMATS,
    progress: { read: 0, size: 0 },
    skipped: {},
  } satisfies ConvertRequest;
  const summary = emptySummary(dryRun);
  const line = new ProgressLine(request.progress, process.stderr);
  const client = clientOf(options, { signal });
  try {
    const source = await openSource(path);
    const own = await ownKindIn(source);
    if (own !== undefined) return await importOwn(options, source, own, signal);
    const conversations = convert(source, request);
    for await (const { conversation, imported } of importAll(client, conversations, { userId, learn, dryRun })) {
      add(summary, conversation, imported);
      line.update(count(summary), summary.messages);
      signal.throwIfAborted();
    }
  } catch (error) {
    line.end();
    if (signal.aborted) throw new CliError("Stopped. Run the same command again to continue.", EXIT.interrupted);
    throw error;
  }
  line.end();
  merge(summary.skipped, request.skipped);
  writeText(options.json ? `${JSON.stringify(summary)}\n` : textOf(summary));
  return summary.conversations.failed > 0 || Object.keys(summary.refused).length > 0 ? EXIT.refused : EXIT.ok;
}

const emptySummary = (dryRun: boolean): Summary => ({
  dryRun,
  conversations: { new: 0, grown: 0, unchanged: 0, empty: 0, other: 0, failed: 0 },
  messages: 0,
  skipped: {},
  refused: {},
  problems: [],
});

const count = ({ conversations }: Summary) => Object.values(conversations).reduce((sum, some) => sum + some, 0);

function merge(all: Skipped, some: Skipped): void {
  for (const [reason, number] of Object.entries(some)) all[reason] = (all[reason] ?? 0) + number;
}

function add(summary: Summary, { skipped }: Converted, { state, stored, refused, sessionId, title }: Imported): void {
  summary.conversations[state] += 1;
  summary.messages += stored;
  merge(summary.skipped, skipped);
  if (state === "other" || state === "failed") {
    const why = refused.at(-1) ?? STATES[state];
    if (summary.problems.length < NAMED) summary.problems.push({ sessionId, title, why });
  }
  for (const reason of state === "failed" ? refused.slice(0, -1) : refused) merge(summary.refused, { [reason]: 1 });
}

function textOf({ dryRun, conversations, messages, skipped, refused, problems }: Summary): string {
  const states = Object.entries(conversations).flatMap(([state, number]) => {
    const known = Object.entries(STATES).find(([name]) => name === state);
    return number > 0 && known ? [`  ${number} ${known[1]}`] : [];
  });
  const reasons = (heading: string, counts: Skipped, line: (reason: string, number: number) => string) =>
    Object.keys(counts).length === 0
      ? []
      : [heading, ...Object.entries(counts).map(([reason, number]) => `  ${line(reason, number)}`)];
  return [
    `${dryRun ? "Would store" : "Stored"} ${countText(messages, "message")}. Conversations:`,
    ...states,
    // The reasons are plural: after a number, one of them would read wrong.
    ...reasons("Left out:", skipped, (reason, number) => `${reason}: ${number}`),
    ...reasons("Messages refused by the server:", refused, (reason, number) => `${number} × ${reason}`),
    ...problems.map(({ sessionId, title, why }) => `${title ?? sessionId} (${sessionId}): ${why}`),
    "",
  ].join("\n");
}
