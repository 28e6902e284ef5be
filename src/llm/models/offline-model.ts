import { WorkerEntrypoint } from "cloudflare:workers";
import { stemmer } from "stemmer";
import type { AiInputs, AiOptions, ChatInputs, ModelMessage } from "../binding";
import { returnedError } from "../errors";
import { minimalValue } from "./minimal-value";
import { callFor } from "./offline-tools";

/** Words without meaning for the topic of a sentence. */
const STOP_WORDS = new Set(
  "a about am an and are at be been can could did do does for from had has have he her his how i if in is it its me my of on or our she so tell than that the their them then there they this to us was we were what when where which who whom whose why will with would you your".split(
    " ",
  ),
);
const QUESTION_START =
  /^(?:what|where|when|who|whom|whose|which|why|how|do|does|did|is|are|was|were|can|could|will|would|have|has|had|tell me|remind me)\b/i;

const sentences = new Intl.Segmenter("en", { granularity: "sentence" });
const words = new Intl.Segmenter("en", { granularity: "word" });

const sentencesOf = (text: string) => [...sentences.segment(text)].map(({ segment }) => segment.trim()).filter(Boolean);

/** Returns the stems of a text's words without stop words. */
function stemsOf(text: string): Set<string> {
  const stems = [...words.segment(text.toLowerCase())]
    .filter(({ isWordLike, segment }) => isWordLike && !STOP_WORDS.has(segment))
    .map(({ segment }) => stemmer(segment));
  return new Set(stems);
}

const isQuestion = (text: string) => text.trimEnd().endsWith("?") || QUESTION_START.test(text.trimStart());

/** Matches the stand-in's own answers. Quoting them again would only echo an earlier quotation. */
const ECHO = /^(?:You told me:|I was not told|Noted\.|I will remember that)/;

/** Returns the sentences of the prompt, newest last. Lines of recalled messages begin with `> `. */
function saidIn(messages: ModelMessage[]): string[] {
  return messages.flatMap(({ role, content }): string[] => {
    if (role === "system") return [];
    const quoted = content.split("\n").filter((text) => text.startsWith("> "));
    if (quoted.length === 0) return sentencesOf(content.replace(/^\[\w{3} \d{4}-\d\d-\d\d\] /, ""));
    return quoted.flatMap((text) => sentencesOf(text.replace(/^> (?:(?:user|assistant|system): )?/, "")));
  });
}

/** Returns the answer of {@link OfflineModel} to a prompt. */
function answerFrom(messages: ModelMessage[]): string {
  const last = messages.at(-1);
  if (last?.role === "tool") return `${last.name ?? "The function"} says: "${last.content}"`;
  const question = last?.content ?? "";
  if (!isQuestion(question)) return "Noted. I will remember that.";
  const wanted = stemsOf(question);
  let best: { sentence: string; score: number } | undefined;
  for (const sentence of saidIn(messages.slice(0, -1))) {
    if (ECHO.test(sentence) || isQuestion(sentence)) continue;
    const stems = stemsOf(sentence);
    const shared = [...wanted].filter((stem) => stems.has(stem)).length;
    const score = shared / Math.sqrt(wanted.size * Math.max(stems.size, 1));
    // Of equal scores the newest wins: later messages correct earlier ones.
    if (shared > 0 && (best === undefined || score >= best.score)) best = { sentence, score };
  }
  return best ? `You told me: "${best.sentence}"` : "I was not told anything about that.";
}

/** Returns the answer in the requested form; undefined if no matching value for the schema was found. */
function answerOf({ messages, response_format: format }: ChatInputs): string | undefined {
  const answer = answerFrom(messages);
  if (!format) return answer;
  const said = /^[^"]*"(.*)"$/s.exec(answer)?.[1] ?? answer;
  return JSON.stringify(format.type === "json_object" ? { answer: said } : minimalValue(format.json_schema, said));
}

const encoder = new TextEncoder();
const event = (data: unknown) => encoder.encode(`data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`);

/**
 * Replaces the AI binding if you have no account. It is not a language model: it quotes the sentence of the prompt that
 * best matches the question, so its answers show the effect of the memory alone. It calls functions by a fixed rule
 * (offline-tools.ts), fills schemas with minimal values (minimal-value.ts), and counts words as tokens.
 */
export class OfflineModel extends WorkerEntrypoint {
  async run(_model: string, inputs: AiInputs, _options?: AiOptions): Promise<unknown> {
    if ("text" in inputs) return returnedError("5007: no such model: the stand-in makes no vectors");
    const call = callFor(inputs);
    const answer = call ? "" : answerOf(inputs);
    if (answer === undefined) return returnedError("5024: JSON Mode couldn't be met: no value of the stand-in matches");
    const parts = answer.match(/\S+\s*/g) ?? [];
    const prompt_tokens = inputs.messages.reduce((sum, { content }) => sum + content.split(/\s+/).length, 0);
    const usage = { prompt_tokens, completion_tokens: parts.length, total_tokens: prompt_tokens + parts.length };
    if (!inputs.stream) return { response: answer, ...(call && { tool_calls: [call] }), usage };
    const called = call ? [event({ response: "", tool_calls: [call] })] : [];
    const chunks = [
      ...parts.map((response) => event({ response })),
      ...called,
      event({ response: "", usage }),
      event("[DONE]"),
    ];
    return new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk);
        controller.close();
      },
    });
  }
}
