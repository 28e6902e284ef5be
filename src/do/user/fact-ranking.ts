/** Ranks the facts about a user: for a prompt, for a search, and for the model that extracts facts. */
import { dateIn } from "../../turn/dates";
import { factsWithin } from "../../turn/prompt-blocks";
import type { Fact, FactVersion } from "../../turn/user-memory";
import type { QuestionVector } from "../memory/embeddings";
import { evidenceOf, limitsOf } from "../memory/evidence";
import { isEnglish } from "../memory/expansion";
import { followed } from "../memory/follow-ups";
import type { Beyond } from "../memory/ranking";
import { wantedOf } from "../memory/wanted";
import type { FactRows } from "./fact-rows";

/** When a question is asked, the last exchange of its session, and its vector if there is an encoder. */
export interface Asked extends Pick<Beyond, "previous" | "now" | "timeZone"> {
  vector?: QuestionVector | null | undefined;
}

/** The most facts that the extracting model is shown, and how many of them because they match the turn. */
const SHOWN = 32;
const SHOWN_NEAREST = 16;

/** Returns the evidence of a question's words and meaning for facts, by number, as recall weighs it for messages. */
function evidenceFor(rows: FactRows, question: string, { previous = [], now = Date.now(), timeZone, vector }: Asked) {
  const before = rows.last + 1;
  const wanted = wantedOf(question, isEnglish(question), { now, timeZone });
  const limits = limitsOf(wanted.length, before);
  const topics = rows.index.find(wanted, before, limits);
  const rarities = new Map<string, number>();
  const earlier = followed(rows.index, { topics, named: false, wanted, previous, before, rarities });
  // Neighbours count for nothing: facts next to each other are not about the same thing.
  const evidence = evidenceOf([...topics, ...earlier], before, limits, { nearness: 0, rarities });
  const meaning = vector ? rows.vectors.evidenceFor(vector) : [];
  for (const [number, gain] of meaning) evidence.set(number, (evidence.get(number) ?? 0) + gain);
  return evidence;
}

/** Returns the current facts that match a text, best first. */
export function nearestFacts(rows: FactRows, text: string, asked: Asked = {}): FactVersion[] {
  const evidence = evidenceFor(rows, text, asked);
  const facts = evidence.size > 0 ? rows.current().filter(({ number }) => evidence.has(number)) : [];
  return facts.sort((a, b) => (evidence.get(b.number) ?? 0) - (evidence.get(a.number) ?? 0));
}

/**
 * Returns the current facts for a prompt, within a number of tokens: pinned ones, those that match the question, then the
 * newest.
 */
export function factsFor(rows: FactRows, question: string, asked: Asked, tokens: number): Fact[] {
  const facts = rows.outlines();
  if (facts.length === 0) return [];
  const evidence = evidenceFor(rows, question, asked);
  const today = dateIn(asked.now ?? Date.now(), asked.timeZone ?? "UTC");
  const ranked = facts
    .map(({ number, tokens, pinned, until }) => {
      const rank = (pinned ? 1e6 : 0) + (evidence.get(number) ?? (until !== null && until < today ? -1 : 0));
      return { number, tokens, rank };
    })
    .sort((a, b) => b.rank - a.rank);
  return rows.pick(factsWithin(ranked, tokens).map(({ number }) => number));
}

/** Returns the facts that a model may change by a turn: the nearest ones, then the newest. */
export function factsToShow(rows: FactRows, turn: string): Fact[] {
  const facts = [...nearestFacts(rows, turn).slice(0, SHOWN_NEAREST), ...rows.current()];
  return [...new Map(facts.map((fact) => [fact.id, fact])).values()].slice(0, SHOWN);
}

/** Returns facts, newest first, or those that match a text, best first. @param ended whether ended facts follow */
export function listFacts(rows: FactRows, text: string | undefined, ended: boolean, asked: Asked): FactVersion[] {
  const current = text === undefined ? rows.current() : nearestFacts(rows, text, asked);
  if (!ended) return current;
  const past = rows.ended();
  return [...current, ...(text === undefined ? past : factsWith(past, text))];
}

/** Returns the facts that contain all words of a text. Ended facts are not in the full-text index. */
function factsWith(facts: FactVersion[], text: string): FactVersion[] {
  const words = [...new Set(text.toLowerCase().split(/\s+/))];
  return facts.filter((fact) => {
    const content = fact.text.toLowerCase();
    return words.every((word) => content.includes(word));
  });
}
