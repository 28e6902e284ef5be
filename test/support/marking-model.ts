/** A model for random operations: it adds markers to its answers and checks the markers in its prompts. */
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { type AiInputs, type AiOptions, signalOf } from "../../src/llm/binding";
import { markersIn, type Reference, type Scope } from "./reference-memory";
import { ScriptedModel } from "./scripted-model";

/** `slow`: a stream that sends one part, then nothing until it is cancelled. */
export type Play = "answer" | "calls" | "slow";

const encoder = new TextEncoder();

/** Returns a stream of parts that ends when a promise resolves. */
function streamOf(parts: string[], end: Promise<void>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const response of parts) controller.enqueue(encoder.encode(`data: ${JSON.stringify({ response })}\n\n`));
      const close = () => {
        controller.enqueue(encoder.encode("data: [DONE]\n\n"));
        controller.close();
      };
      // The reader may have cancelled the stream.
      end.then(close).catch(() => {});
    },
  });
}

export class MarkingModel {
  play: Play = "answer";
  /** The index of the user who asks. */
  user: number | undefined;
  readonly #reference: Reference;
  readonly #scopes = new Map<string, Scope>();

  /** Answers every call of the model until mocks are restored. */
  constructor(reference: Reference) {
    this.#reference = reference;
    for (const [session, { id }] of reference.sessions.entries()) {
      this.#scopes.set(env.CHAT_DO.idFromName(id).toString(), { session });
    }
    for (const [user, { id }] of reference.users.entries()) {
      this.#scopes.set(env.USER_DO.idFromName(id).toString(), { user });
    }
    vi.spyOn(ScriptedModel.prototype, "run").mockImplementation((_, inputs, options) => this.#run(inputs, options));
  }

  async #run(inputs: AiInputs, options?: AiOptions): Promise<unknown> {
    if ("text" in inputs) throw new Error("5007: No such model");
    const scope = this.#scopes.get(options?.extraHeaders?.["x-session-affinity"] ?? "");
    // An object of an earlier run that still learns facts.
    if (!scope) return { response: JSON.stringify({ changes: [] }) };
    const prompt = JSON.stringify(inputs);
    if (scope.user !== undefined) {
      this.#reference.check(prompt, scope, "a prompt that learns facts", true);
      return { response: JSON.stringify({ changes: learnt(inputs.messages.at(-1)?.content ?? "") }) };
    }
    const here = { ...scope, user: this.user };
    this.#reference.check(prompt, here, "a prompt");
    const say = (about: string) => this.#reference.text(here, about);
    const { play } = this;
    if (play === "calls" && inputs.tools) {
      return { response: null, tool_calls: [{ name: "weather", arguments: { city: say("tea city") } }] };
    }
    const answer = say("is the answer about tea.");
    if (!inputs.stream) return { response: answer };
    const signal = signalOf(options);
    const cancelled = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    return play === "slow" ? streamOf([`${answer} `], cancelled) : streamOf([answer, " Fine."], Promise.resolve());
  }
}

/** Returns a fact for half of the turns. It repeats the marker of the turn's question. */
function learnt(prompt: string): object[] {
  const [marker] = markersIn(prompt.slice(prompt.indexOf("Said:")));
  return marker && /[02468]k$/.test(marker) ? [{ do: "add", text: `Knows about tea ${marker}.` }] : [];
}
