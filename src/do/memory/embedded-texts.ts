/** The texts of messages that the encoder embeds. */
import type { Message } from "../../turn/types";
import { EPISODE_GAP } from "./ranking";

/** The messages of a transcript. */
export interface Picked {
  pick(seqs: number[]): Message[];
}

/** Characters of a message, and of the message before it, that are embedded. */
export const CONTENT = 4_000;
const BEFORE = 1_000;

const lineOf = ({ name, role, content }: Message, most: number) => `${name ?? role}: ${content.slice(0, most)}`;

/**
 * Returns the text to embed for a message: with the message before it in its episode, because a message alone often says
 * little. Null for a message that does not exist: it gets an empty vector.
 */
function textOf(message: Message | undefined, before: Message | undefined): string | null {
  if (!message) return null;
  const own = lineOf(message, CONTENT);
  const near = before && message.createdAt - before.createdAt <= EPISODE_GAP;
  return (near ? `${lineOf(before, BEFORE)}\n${own}` : own).toWellFormed();
}

/**
 * Returns the texts to embed for messages by `seq`; null for a message that does not exist. Reads the messages one by one,
 * because all messages of a batch together may exceed the memory of an object.
 */
export const embeddedTexts = (messages: Picked, seqs: number[]): (string | null)[] =>
  seqs.map((seq) => {
    const near = messages.pick([seq - 1, seq]);
    return textOf(
      near.find((message) => message.seq === seq),
      near.find((message) => message.seq < seq),
    );
  });
