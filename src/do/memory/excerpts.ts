/** The excerpts of long messages, read once per question, for ranking and for quoting. */
import { sum } from "../../turn/sum";
import { estimateMessage } from "../../turn/tokens";
import type { Message } from "../../turn/types";
import { excerptOf } from "./borders";
import type { Evidence } from "./evidence";
import type { Wanted } from "./fulltext";
import type { Outline } from "./message-cache";
import type { Messages } from "./messages";
import { Finder, isLong, PASSAGE, type Passage } from "./passages";
import { QUIET } from "./traits";

/** The long messages among this many best candidates are read. Other long ones are assumed to be as dense. */
const READ = 8;

/** The most characters of long messages, approximately, that are read for a question: three of the longest. */
export const MOST_READ = 1_000_000;

/** A long message, and its best passage. */
interface Read {
  message: Message;
  passage: Passage;
}

export class Excerpts {
  readonly #messages: Messages;
  readonly #finder: Finder;
  readonly #read = new Map<number, Read>();
  /** The characters that may still be read. */
  #left = MOST_READ;

  /** @param rarities the weight of a hit of each word */
  constructor(messages: Messages, wanted: Wanted[], rarities: ReadonlyMap<string, number>) {
    this.#messages = messages;
    this.#finder = new Finder(wanted, rarities);
  }

  /** Lowers the evidence of long candidates to the share that their best passage has. Evidence of meaning is kept. @param outlines of all candidates */
  weigh(outlines: Outline[], evidence: Evidence, meaning: Evidence | undefined): void {
    const least = Float64Array.from(evidence.values()).sort().at(-READ) ?? 0;
    const long = outlines.filter(({ tokens, traits }) => isLong(tokens) && !(traits & QUIET)).map(({ seq }) => seq);
    const evidenceFor = (seq: number) => evidence.get(seq) ?? 0;
    const best = long.filter((seq) => evidenceFor(seq) >= least).sort((a, b) => evidenceFor(b) - evidenceFor(a));
    this.#readAll(best.slice(0, READ));
    const shares = [...this.#read.values()].map(({ passage }) => passage.share);
    const usual = sum(shares, (share) => share) / Math.max(1, shares.length);
    for (const seq of long) {
      const share = this.#read.get(seq)?.passage.share ?? usual;
      const meant = meaning?.get(seq) ?? 0;
      evidence.set(seq, meant + (evidenceFor(seq) - meant) * share);
    }
  }

  /** Returns a long message with its passage. Keeps neither in memory, because a client may name a hundred messages. */
  read(message: Message): Read {
    return this.#read.get(message.seq) ?? { message, passage: this.#passageOf(message) };
  }

  /** Returns long messages with their passages, in no order; without those beyond the limit. */
  of(seqs: number[]): Map<number, Read> {
    this.#readAll(seqs);
    return this.#read;
  }

  /** Reads messages in their order until the limit is reached. A few at a time, because all of them may exceed the memory. */
  #readAll(seqs: number[]): void {
    const unread = seqs.filter((seq) => !this.#read.has(seq));
    while (unread.length > 0 && this.#left > 0) {
      const some = unread.splice(0, READ);
      const picked = this.#messages.pick(some);
      for (const message of picked.sort((a, b) => some.indexOf(a.seq) - some.indexOf(b.seq))) {
        if (this.#left < 0) break;
        this.#left -= message.content.length;
        this.#read.set(message.seq, { message, passage: this.#passageOf(message) });
      }
    }
  }

  #passageOf({ content, tokens }: Message): Passage {
    return this.#finder.passage(content, (content.length * PASSAGE) / tokens);
  }
}

/** Returns a long message with the content, place and tokens of its excerpt. */
export function excerpted({ message, passage: { from, to } }: Read): Message & { from: number; to: number } {
  const content = excerptOf(message.content, { from, to });
  const tokens = estimateMessage({ name: message.name, content });
  // An answer that was cut off is marked as such only if its end is quoted.
  const status = to < message.content.length ? "complete" : message.status;
  return { ...message, content, tokens, status, from, to };
}
