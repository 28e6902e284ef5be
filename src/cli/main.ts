/** The command `llamory`: parses its arguments, runs a command and reports its failure in one sentence. */
import { ConvertError, UnknownFormatError } from "../converters/converted";
import { RefusedError } from "../importing/stored-messages";
import { askCommand } from "./ask-command";
import { chatCommand } from "./chat-command";
import { CliError, EXIT, type ExitCode, notLlamory } from "./cli-error";
import { exportCommand } from "./export-command";
import { forgetCommand } from "./forget-command";
import { USAGE } from "./help-text";
import { importCommand } from "./import-command";
import { factsCommand, sessionsCommand } from "./list-commands";
import { type Options, optionsOf } from "./options";
import { writeText } from "./terminal-text";

/** The version of the package, set by the build. */
declare const VERSION: string;

type Command = (options: Options, signal: AbortSignal) => Promise<ExitCode>;

const COMMANDS: Record<string, Command> = {
  chat: chatCommand,
  ask: askCommand,
  import: importCommand,
  export: exportCommand,
  sessions: sessionsCommand,
  facts: factsCommand,
  forget: forgetCommand,
};

async function run(args: string[], signal: AbortSignal): Promise<ExitCode> {
  const options = optionsOf(args, process.env);
  if (options.version) {
    process.stdout.write(`${VERSION}\n`);
    return EXIT.ok;
  }
  const [name] = options.positionals;
  if (options.help) {
    process.stdout.write(USAGE);
    return EXIT.ok;
  }
  if (name === undefined) {
    process.stderr.write(USAGE);
    return EXIT.usage;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new CliError(`There is no command ${JSON.stringify(name)}. See llamory --help.`);
  try {
    return await command(options, signal);
  } catch (error) {
    throw explained(error, options, signal);
  }
}

/** Returns the error that the person sees. */
function explained(error: unknown, options: Options, signal: AbortSignal): CliError {
  const { url, format, positionals } = options;
  if (error instanceof CliError) return error;
  if (signal.aborted) return new CliError("Stopped.", EXIT.interrupted);
  if (error instanceof RefusedError) return new CliError(error.message, EXIT.refused);
  if (error instanceof ConvertError) {
    const isUnnamed = error instanceof UnknownFormatError && format === undefined;
    const hint = isUnnamed ? " Name the format with --format if it is one of the supported ones." : "";
    return new CliError(`${positionals[1]}: ${error.message}${hint}`);
  }
  // Converters report the errors of files, so this JSON came from the server.
  if (error instanceof SyntaxError) return notLlamory(options);
  // `fetch` reports a failed connection as a TypeError with the cause of the system.
  if (error instanceof TypeError && (error.cause !== undefined || /fetch|network|terminated/.test(error.message)))
    return new CliError(`The server ${url} cannot be reached.`, EXIT.unreachable);
  const message = error instanceof Error ? error.message : String(error);
  return new CliError(`${message.split("\n")[0]}`, EXIT.refused);
}

const stopped = new AbortController();

// The first Ctrl+C ends the command in order, the second one at once. `chat` handles its own.
process.on("SIGINT", () => {
  if (stopped.signal.aborted) process.exit(EXIT.interrupted);
  stopped.abort();
});
// Ends quietly if the reader of a pipe ends first, for example `head`.
process.stdout.on("error", () => process.exit(EXIT.ok));

run(process.argv.slice(2), stopped.signal).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const { message, exitCode } = error instanceof CliError ? error : new CliError(String(error), EXIT.refused);
    writeText(`llamory: ${message}\n`, process.stderr);
    process.exitCode = exitCode;
  },
);
