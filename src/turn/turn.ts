/** One turn: open -> prompt -> model -> remember, for an answer at once and for a stream. */
import { type Ask, contextBudget, promptFor } from "./budget";
import { decodeEvents } from "./events";
import { memoryUsed } from "./prompt";
import { spread } from "./spread";
import { telling } from "./telling";
import {
  type Failure,
  type FinishedTurn,
  failed,
  type Memory,
  type Model,
  type ModelStream,
  type Opening,
  ok,
  type Remembered,
  type Result,
  type StoredTurn,
  type TurnEvent,
  type TurnHandle,
  type TurnIdentity,
} from "./types";

/** The session's memory, through a fresh stub at each call: one that failed once is of no more use. */
export type Session = () => Memory;

/** A turn that is answered and remembered. */
export interface Answered extends FinishedTurn {
  turnId: string;
  /** Whether it had been asked before, with the same idempotency key. */
  replayed: boolean;
}

/** A turn whose events are on their way. */
export interface Streamed {
  turnId: string;
  events: ReadableStream<TurnEvent>;
  replayed: boolean;
}

/** A turn of one's own, opened, or how one that was asked before is found. */
type Opened = Opening & { state: "open" };

function refusal(state: "busy" | "full" | "conflict" | "cancelled"): Failure {
  switch (state) {
    case "busy":
      return { reason: "session_busy" };
    case "full":
      return { reason: "session_queue_full" };
    case "conflict":
      return { reason: "idempotency_conflict" };
    case "cancelled":
      return { reason: "turn_cancelled" };
  }
}

const open = (session: Session, model: Model, ask: Ask) =>
  session().openTurn({
    question: ask.question,
    budget: contextBudget(ask, model.window),
    idempotency: ask.idempotency,
    onBusy: ask.onBusy,
  });

/** Asks the model once the session's turn has come, and remembers question and answer together. */
export async function answer(session: Session, model: Model, ask: Ask): Promise<Result<Answered>> {
  using opening = await open(session, model, ask);
  switch (opening.state) {
    case "open":
      // Awaited here, because the turn is given up when this block is left.
      return await answerOpened(session, model, ask, opening);
    case "replay":
      return replayed(opening.turn);
    case "running":
      return await awaited(opening.id, opening.events);
    default:
      return failed(refusal(opening.state));
  }
}

async function answerOpened(
  session: Session,
  model: Model,
  ask: Ask,
  { turn, identity, context }: Opened,
): Promise<Result<Answered>> {
  const prompt = promptFor(ask, context);
  const completion = await model.complete(prompt.call);
  if (!completion.ok) {
    await turn.fail(completion.failure);
    return completion;
  }
  const { text, model: by, finishReason, usage } = completion.value;
  const finished: FinishedTurn = {
    status: "complete",
    answer: text,
    model: by,
    finishReason,
    usage: usage ?? prompt.estimatedUsage(text),
    memory: memoryUsed(prompt.sent().context),
  };
  const remembered = await remember(session, identity, finished, turn.commit(finished));
  return remembered === "gone"
    ? failed({ reason: "turn_cancelled" })
    : ok({ turnId: identity.id, replayed: false, ...finished });
}

/** Waits until a finished turn is remembered; where the session's object was lost meanwhile, its successor is told. */
async function remember(
  session: Session,
  identity: TurnIdentity,
  finished: FinishedTurn,
  first: Promise<Remembered>,
): Promise<Remembered> {
  try {
    return await first;
  } catch {
    return session().remember(identity, finished);
  }
}

function replayed(turn: StoredTurn): Result<Answered> {
  const { status, id } = turn;
  if (status === "complete") return ok({ ...turn, status, turnId: id, replayed: true });
  return failed({ reason: status === "cancelled" ? "turn_cancelled" : "turn_interrupted" });
}

/** Waits for the end of a turn that somebody else asked. */
async function awaited(turnId: string, bytes: ReadableStream<Uint8Array>): Promise<Result<Answered>> {
  for await (const event of decodeEvents(bytes)) {
    if (event.type === "done") return ok({ turnId, replayed: true, ...event.finished });
    if (event.type === "failed") return failed(event.failure);
  }
  return failed({ reason: "turn_interrupted" });
}

/**
 * As {@link answer}, told as it is made. The result is there when the question is durable and the model has begun;
 * what fails from then on is the last event.
 * @param background keeps a promise running when the client is gone
 */
export async function stream(
  session: Session,
  model: Model,
  ask: Ask,
  background: (work: Promise<unknown>) => void,
): Promise<Result<Streamed>> {
  const opening = await open(session, model, ask);
  if (opening.state === "open") return streamOpened(session, model, ask, opening, background);
  using _asked = opening;
  switch (opening.state) {
    case "replay":
      return await follow(session, opening.turn.id, null);
    case "running":
      return ok({ turnId: opening.id, events: followed(opening.events), replayed: true });
    default:
      return failed(refusal(opening.state));
  }
}

async function streamOpened(
  session: Session,
  model: Model,
  ask: Ask,
  opening: Opened & Disposable,
  background: (work: Promise<unknown>) => void,
): Promise<Result<Streamed>> {
  const { turn, identity, context } = opening;
  const prompt = promptFor(ask, context);
  const cancel = new AbortController();
  const begun = await begin(turn, () => model.stream(prompt.call, cancel.signal));
  if (!begun.ok) {
    opening[Symbol.dispose]();
    return begun;
  }
  const events = telling(begun.value, prompt, cancel.signal);
  const { client, record, end, close } = spread(events);
  const work = async () => {
    using _held = opening;
    const recorded = turn.record(record).then((outcome) => {
      // Ended from elsewhere: nobody waits for the rest of the answer.
      if (outcome === "gone") cancel.abort();
      return outcome;
    });
    recorded.catch(() => {});
    const { finished, last } = await end;
    const failure = (reason: Failure): TurnEvent => ({ type: "failed", failure: reason, at: finished.answer.length });
    try {
      const remembered = await remember(session, identity, finished, recorded);
      close(remembered === "gone" ? failure({ reason: "turn_cancelled" }) : last);
    } catch (error) {
      close(failure({ reason: "turn_interrupted" }));
      throw error;
    }
  };
  background(work());
  return ok({ turnId: identity.id, events: client, replayed: false });
}

/** Makes the question durable while the model is called; where the model does not begin, the question is withdrawn. */
async function begin(turn: TurnHandle, call: () => Promise<Result<ModelStream>>): Promise<Result<ModelStream>> {
  const [accepted, begun] = await Promise.all([turn.accept(), call()]);
  if (!begun.ok) await turn.fail(begun.failure);
  return accepted === "gone" ? failed({ reason: "turn_cancelled" }) : begun;
}

/** The events of a turn after so many characters of its answer, or from the start. */
export async function follow(session: Session, turnId: string, after: number | null): Promise<Result<Streamed>> {
  const bytes = await session().follow(turnId, after);
  if (!bytes) return failed({ reason: "turn_not_found" });
  return ok({ turnId, events: followed(bytes), replayed: true });
}

/** A followed turn always ends with an event, also where its object is lost. */
function followed(bytes: ReadableStream<Uint8Array>): ReadableStream<TurnEvent> {
  const events = decodeEvents(bytes);
  let at = 0;
  let over = false;
  return new ReadableStream<TurnEvent>({
    async pull(controller) {
      const next = await events.next().catch(() => ({ done: true as const, value: undefined }));
      if (next.done) {
        if (!over) controller.enqueue({ type: "failed", failure: { reason: "turn_interrupted" }, at });
        controller.close();
        return;
      }
      const event = next.value;
      if (event.type === "delta") at = event.at;
      over = event.type === "done" || event.type === "failed";
      controller.enqueue(event);
    },
    async cancel() {
      await events.return(undefined);
    },
  });
}
