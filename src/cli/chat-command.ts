/** `llamory chat`. */
import { createInterface } from "node:readline/promises";
import { type Answer, askStream, turnStream } from "llamory/client";
import { RefusedError, refusalOf } from "../importing/stored-messages";
import { cancelTurn, connectionOf, writeAnswer } from "./answer-stream";
import { askRequestOf } from "./ask-command";
import { EXIT, type ExitCode } from "./cli-error";
import { clientOf, DEFAULT_SESSION, noMoreThan, type Options } from "./options";
import { writeText } from "./terminal-text";

const HELP =
  "/why shows what was recalled for the last answer, /quit ends. Ctrl+C stops an answer, or ends the chat.\n";

/** The characters of a recalled message that `/why` shows. */
const SHOWN = 200;

export async function chatCommand(options: Options): Promise<ExitCode> {
  noMoreThan(options, 1);
  const running = await runningTurn(options);
  const lines = createInterface({ input: process.stdin, output: process.stdout, terminal: process.stdin.isTTY });
  let answering: AbortController | undefined;
  let last: Answer | undefined;
  let closed = false;
  lines.on("SIGINT", () => (answering ? answering.abort() : lines.close()));
  lines.on("close", () => {
    closed = true;
  });
  // Lines that are typed during an answer wait here.
  const typed = lines[Symbol.asyncIterator]();
  const prompt = () => {
    if (!closed) lines.prompt();
  };

  /** Writes an answer. Ctrl+C ends its turn, and keeps its text. */
  const answer = async (stream: (signal: AbortSignal) => ReturnType<typeof askStream>) => {
    answering = new AbortController();
    let turnId: string | undefined;
    try {
      last = await writeAnswer(stream(answering.signal), (id) => {
        turnId = id;
      });
    } catch (error) {
      if (answering.signal.aborted) {
        process.stdout.write("\n(Stopped.)\n");
        if (turnId !== undefined) await cancelTurn(options, turnId);
      } else if (error instanceof RefusedError) writeText(`llamory: ${error.message}\n`, process.stderr);
      else throw error;
    } finally {
      answering = undefined;
    }
  };

  try {
    process.stdout.write(HELP);
    if (running !== undefined) {
      const turn = { sessionId: options.session ?? DEFAULT_SESSION, turnId: running };
      await answer((signal) => turnStream(options.url, turn, connectionOf(options, signal)));
    }
    prompt();
    for await (const line of typed) {
      const question = line.trim();
      if (question === "/quit" || question === "/exit") return EXIT.ok;
      if (question === "/why") await explain(options, last);
      else if (question.startsWith("/")) process.stdout.write(HELP);
      else if (question !== "")
        await answer((signal) =>
          askStream(options.url, askRequestOf(options, question), connectionOf(options, signal)),
        );
      prompt();
    }
    process.stdout.write("\n");
    return EXIT.ok;
  } finally {
    lines.close();
  }
}

/** Returns the id of the session's turn that still runs, for example after the command was killed. */
async function runningTurn(options: Options): Promise<string | undefined> {
  const { session: sessionId = DEFAULT_SESSION } = options;
  const response = await clientOf(options).sessions[":sessionId"].messages.$get({
    param: { sessionId: encodeURIComponent(sessionId) },
    query: { limit: "1" },
  });
  if (response.status !== 200) throw await refusalOf(response);
  const [newest] = (await response.json()).data;
  return newest?.status === "running" ? newest.turnId : undefined;
}

/** Writes the messages that were recalled for an answer. */
async function explain(options: Options, answer: Answer | undefined): Promise<void> {
  if (!answer) {
    process.stdout.write("There is no answer yet.\n");
    return;
  }
  const { recalled, window } = answer.memory;
  const recent = window ? `Recent messages: ${window.fromSeq} to ${window.toSeq}. ` : "";
  process.stdout.write(`${recent}${recalled.length === 0 ? "Nothing was recalled.\n" : "Recalled:\n"}`);
  for (const sessionId of new Set(recalled.map((message) => message.sessionId))) {
    const own = recalled.filter((message) => message.sessionId === sessionId);
    const query = { seq: own.map(({ seq }) => seq).join(",") };
    const response = await clientOf(options).sessions[":sessionId"].messages.$get({
      param: { sessionId: encodeURIComponent(sessionId) },
      query,
    });
    if (response.status !== 200) throw await refusalOf(response);
    for (const { seq, role, name, content, createdAt } of (await response.json()).data.reverse()) {
      const text = content.replace(/\s+/g, " ");
      const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
      writeText(`  ${createdAt.slice(0, 10)} ${sessionId} ${seq}, ${name ?? role}: ${shown}\n`);
    }
  }
}
