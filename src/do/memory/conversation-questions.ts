/**
 * Questions about the conversation itself: "How did this conversation start?", "Summarize what we discussed", "What do
 * you know about me?". They have no words to search for, so they get its beginning, its end, or messages of all parts.
 */
import type { RecalledMessage } from "../../turn/types";
import type { Range } from "./evidence";
import { Excerpts } from "./excerpts";
import { isEnglish } from "./expansion";
import { fold } from "./folding";
import type { Messages } from "./messages";
import { quote } from "./quoting";
import type { RecallLimits } from "./ranking";
import { OTHER_STOP_WORDS, STOP_WORDS, setOf } from "./stop-words";
import { spacedWords } from "./terms";
import { QUIET } from "./traits";

/** The part of a conversation that a question asks for; `person`: everything about the person who asks. */
export type ConversationPart = "start" | "end" | "all" | "person";

/** Words of such questions in English, German, Spanish and French, without accents, by their meaning. */
const VOCABULARY = {
  start: setOf(`\
start started starts begin began begun beginning first begann angefangen begonnen fing anfang beginn zuerst erste \
ersten erstes empezo empezamos comenzo comenzamos principio comienzo inicio primero primera primer commence debut \
abord premier premiere`),
  end: setOf(`\
end ended last latest recently ende endete geendet zuletzt letzte letzten letztes ultimo ultima final acabo termino \
fini dernier derniere`),
  left: setOf("leave left stehen geblieben stehengeblieben quedamos dejamos arretes arrete"),
  sum: setOf(`\
summarize summarise summary recap sum overview fass fasse zusammen zusammenfassen zusammenfassung resume resumen \
resumir resumeme resumer recapitule synthese`),
  talk: setOf(`\
talk talked talking discuss discussed discussing say said ask asked write wrote cover covered gesprochen geredet \
besprochen gesagt gefragt geschrieben diskutiert hablamos hablado hablar dije dijimos dicho pregunte preguntado \
discutimos discutido parle discute dit demande aborde ecrit`),
  noun: setOf(`\
question questions message messages thing topic topics frage fragen nachricht nachrichten thema themen pregunta \
preguntas mensaje mensajes tema temas sujet sujets`),
  chat: setOf("conversation chat dialogue gesprach unterhaltung conversacion charla"),
  we: setOf("we wir nous hemos hablamos discutimos dijimos quedamos dejamos"),
  know: setOf(`\
know remember learned learnt told tell weisst gemerkt erzahlt kennst sabes recuerdas contado conoces sais savez \
souviens appris`),
  other: setOf(`\
please give far everything whole entire let ve worum geht woruber womit wovon ging bisher alles ganze ganzes bitte \
mal gib dieses dies unser unsere kannst nuestra hasta ahora favor haz todo jusqu \
jusque ici maintenant tout toute peux plait fais moi myself soy suis`),
};
const WORDS = Object.values(VOCABULARY);
/** Stop words of all languages, without accents. */
const ALL_STOP_WORDS = new Set([...STOP_WORDS, ...OTHER_STOP_WORDS].map(fold));

/** Pairs of words that mean the person who asks. */
const ABOUT_ME = / (?:(?:about|of) (?:me|myself)|uber mich|(?:de|sobre) mi|(?:de|sur) moi) /;
const WHO_AM_I = / (?:who am i|wer bin ich|quien soy(?: yo)?|qui suis je) /;
/** Words of questions for one detail. */
const DETAIL = / (?:when|who|why|wann|wer|warum|cuando|por que|quand|qui|pourquoi) /;
/** The most words of such a question. */
const MOST_WORDS = 20;

/** Messages of the beginning or the end, and of all parts together. */
const EDGE = 8;
/** An edge looks up this multiple of its messages, because some may have been deleted, or be calls and results. */
const LOOKED = 8;
const SAMPLE = 48;

/** Questions how to talk, and follow-ups about something that was said. */
const OTHER_TOPIC = / (?:how (?:to|do i|can i|should i)|ask me|about (?:it|that|them|this(?! (?:conversation|chat)))) /;

/** Returns the part of the conversation that a question asks for; undefined if the question has another topic. */
export function conversationPart(question: string): ConversationPart | undefined {
  const text = spacedWords(question.slice(0, 400));
  const words = text.trim().split(" ");
  if (words.length > MOST_WORDS || question.length > 400) return undefined;
  // "AI" is a stop word in French, and a topic in English.
  const stopWords = isEnglish(question) ? STOP_WORDS : ALL_STOP_WORDS;
  const isKnown = (word: string) => word.length < 2 || stopWords.has(word) || WORDS.some((some) => some.has(word));
  if (!words.every(isKnown)) return undefined;
  const says = (meaning: keyof typeof VOCABULARY) => words.some((word) => VOCABULARY[meaning].has(word));
  if (OTHER_TOPIC.test(text)) return undefined;
  if (WHO_AM_I.test(text) || (says("know") && ABOUT_ME.test(text))) return "person";
  const isConversation = says("chat") || says("talk") || says("noun");
  if (says("start") && isConversation) return "start";
  if ((says("end") && isConversation) || (says("left") && says("we"))) return "end";
  if (says("sum") && (isConversation || says("we"))) return "all";
  return (says("chat") || (says("talk") && says("we"))) && !DETAIL.test(text) ? "all" : undefined;
}

/** Returns the messages of a part of the conversation, within the limits. @param leftOut messages to leave out */
export function recallPart(
  messages: Messages,
  question: string,
  part: ConversationPart,
  limits: RecallLimits,
  leftOut: Range[] = [],
): RecalledMessage[] {
  const last = limits.before - 1;
  const isEdge = part === "start" || part === "end";
  const count = Math.min(last, isEdge ? LOOKED * EDGE : SAMPLE);
  // A sample has both neighbours of each place, because users may only have even places, or only odd ones.
  const seqs = Array.from({ length: count }, (_, at) => {
    const place = 1 + Math.floor((at * last) / count);
    return part === "start" ? [at + 1] : part === "end" ? [last - at] : [place, Math.min(place + 1, last)];
  });
  const isLeftOut = (seq: number) => leftOut.some(([from, to]) => seq >= from && seq <= to);
  const shown = messages
    .outline([...new Set(seqs.flat())].filter((seq) => !isLeftOut(seq)))
    .filter(({ traits, role, tokens }) => tokens > 0 && !(traits & QUIET) && (isEdge || role === "user"));
  // Orders a sample so that its first messages already come from all of the conversation.
  const outlines = isEdge ? (part === "start" ? shown.slice(0, EDGE) : shown.slice(-EDGE)) : shown;
  const order = isEdge ? outlines : [0, 2, 1, 3].flatMap((rest) => outlines.filter((_, at) => at % 4 === rest));
  const best = part === "end" ? order.toReversed() : order;
  const ranked = best.map(({ seq, tokens }, at) => ({ seq, tokens, score: 1 - at / (2 * SAMPLE) }));
  return quote(messages, ranked, new Excerpts(messages, [], new Map()), { ...limits, question });
}
