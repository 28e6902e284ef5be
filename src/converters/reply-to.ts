import { oneLine } from "./finish";

/** The most characters of a name and of a message that an answer to it quotes. */
const QUOTED = 80;

/** Returns the introduction of a message that answers another one. */
export const replyTo = ({ name, content }: { name: string; content: string }): string =>
  `(in reply to ${oneLine(name, QUOTED)}: "${oneLine(content, QUOTED)}")`;
