/** The exit codes of the command. */
export const EXIT = {
  ok: 0,
  /** The server refused a request, or a part of an import. */
  refused: 1,
  /** An option, an argument or a file is wrong. */
  usage: 2,
  /** The server cannot be reached. */
  unreachable: 3,
  /** Stopped with Ctrl+C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the command with one sentence on stderr. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = EXIT.usage) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Returns the error for a server that answers, but not with what Llamory sends. */
export const notLlamory = ({ url }: { url: string }): CliError =>
  new CliError(`The server ${url} does not answer as Llamory does. Check the address.`, EXIT.refused);
