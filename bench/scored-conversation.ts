/** Conversations with questions whose evidence is known: generated ones, and those of files. */
import { conversation } from "./conversation";

export interface ScoredMessage {
  role: "user" | "assistant";
  name?: string | undefined;
  content: string;
  createdAt: number;
}

export interface ScoredQuestion {
  question: string;
  /** The content words of the answer that the question does not have; none if the answer is unknown. */
  words: string[];
  /** The indexes of the messages that answer it. */
  evidence: number[];
  /** Whether one message of the evidence is enough. */
  any: boolean;
  /** The number of messages that were said before the question. */
  after: number;
}

export interface ScoredConversation {
  messages: ScoredMessage[];
  questions: ScoredQuestion[];
}

/** A conversation of a file: sittings of turns, and questions with the ids of the turns that answer them. */
export interface FileConversation {
  speakers: string[];
  unnamed?: boolean;
  sessions: { at: string; turns: { id: string; speaker: string; text: string; image?: string; at?: string }[] }[];
  qa: {
    question: string;
    answer?: unknown;
    rubric?: string[];
    evidence: string[];
    after?: string;
    category?: number;
    kind?: string;
  }[];
}

/** The longest message that a session takes, in characters. */
const LONGEST = 32_000;
/** Milliseconds between two turns of a sitting without times. */
const PAUSE = 30_000;
/** Questions about the form of an answer, and questions without an answer: their words are not scored. */
const FORM = /instruction_following|preference_following|abstention/;
const RUBRIC = /^LLM response should (?:state|mention|contain|include)s?:?/i;
/** The category of questions without an answer. */
const UNANSWERABLE = 5;

const STOP_WORDS = new Set(
  "a about after all also am an and any are as at be been before but by can could did do does for from get had has have he her him his how i if in into is it its me more my no not of on one or our she should so some that the their them then there they this to up us was we were what when where which who why will with would you your response state mention contain include user assistant llm".split(
    " ",
  ),
);

const stemOf = (word: string) =>
  word.length < 4
    ? word
    : word
        .replace(/ies$/, "y")
        .replace(/(?<=...)(?:ing|ed|er|es|ly|e|s)$/, "")
        .replace(/([^aeiou])\1$/, "$1")
        .replace(/y$/, "i");

/** Splits runs of Chinese characters into pairs. */
export const paired = (text: string) =>
  text.replace(
    /[\u4e00-\u9fff]+/g,
    (run) => ` ${[...run].map((character, at, all) => character + (all[at + 1] ?? "")).join(" ")} `,
  );

export const wordsOf = (text: string): string[] =>
  (paired(text.toLowerCase().normalize("NFKC")).match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !STOP_WORDS.has(word));

/** Returns the stemmed content words of a text. */
export const contentWords = (text: string): Set<string> => new Set(wordsOf(text).map(stemOf));

/** Reads a time such as `1:56 pm on 8 May, 2023`. */
function timeOf(text: string): number {
  const [, hour = "0", minute = "00", half, day, month, year] =
    text.match(/(\d+):(\d+) (am|pm) on (\d+) (\w+),? (\d+)/) ?? [];
  return Date.parse(`${day} ${month} ${year} ${(Number(hour) % 12) + (half === "pm" ? 12 : 0)}:${minute}:00 UTC`);
}

function answerWords({ question, answer, rubric = [], kind = "" }: FileConversation["qa"][number]): string[] {
  if (FORM.test(kind)) return [];
  const asked = contentWords(question);
  const known = rubric.length > 0 ? rubric.map((line) => line.replace(RUBRIC, "")).join(" ") : String(answer ?? "");
  return [...contentWords(known)].filter((word) => !asked.has(word));
}

/** Returns a conversation of a file in the scored form. Leaves out questions without evidence. */
export function fromFile({ speakers, unnamed, sessions, qa }: FileConversation): ScoredConversation {
  const places = new Map<string, number>();
  const messages = sessions.flatMap(({ at, turns }) =>
    turns.map((turn, index): ScoredMessage & { id: string } => ({
      id: turn.id,
      role: turn.speaker === speakers[0] ? "user" : "assistant",
      name: unnamed ? undefined : turn.speaker,
      content: (turn.image ? `${turn.text} [image: ${turn.image}]` : turn.text).slice(0, LONGEST).toWellFormed() || "-",
      createdAt: turn.at ? Date.parse(turn.at) : timeOf(at) + index * PAUSE,
    })),
  );
  for (const [at, { id }] of messages.entries()) places.set(id, at);
  const questions = qa.flatMap((asked): ScoredQuestion[] => {
    const after = asked.after === undefined ? messages.length : (places.get(asked.after) ?? -1) + 1;
    const ids = asked.evidence.flatMap((text) =>
      [...text.matchAll(/D:?(\d+):0*(\d+)/g)].map(([, sitting, turn]) => `D${sitting}:${turn}`),
    );
    const evidence = [...new Set(ids)].flatMap((id) => places.get(id) ?? []).filter((at) => at < after);
    if (evidence.length === 0 || asked.category === UNANSWERABLE) return [];
    return [{ question: asked.question, words: answerWords(asked), evidence, any: false, after }];
  });
  return { messages: messages.map(({ id: _, ...message }) => message), questions };
}

/** Returns a generated conversation in the scored form. */
export function generated(size: number, questions: number): ScoredConversation {
  const { said, asked } = conversation(size, size, questions);
  return {
    messages: said.map(({ role, name, content, createdAt }) => ({
      role: role === "assistant" ? "assistant" : "user",
      name,
      content,
      createdAt: createdAt ?? 0,
    })),
    questions: asked.map(({ question, evidence }) => ({ question, words: [], evidence, any: true, after: size })),
  };
}
