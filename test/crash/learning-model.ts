/** A model server that learns facts from fixed texts, and repeats questions. */
import { serve } from "../e2e/support/http";

export const DOG = "Has a dog named Rex with epilepsy.";

/** The changes that the model derives from a text, and the known fact that they change. */
const LEARNED: [said: RegExp, changes: object[], known?: RegExp][] = [
  [/epilepsy/, [{ do: "add", text: DOG }]],
  [/poodle/, [{ do: "change", text: "Has a poodle named Rex with epilepsy." }], /^(\d+)\. .*epilepsy/m],
  [/Lisbon last|Lissabon|里斯本/, [{ do: "change", text: "Lives in Lisbon." }], /^(\d+)\. Lives in Berlin\.$/m],
  [/no tea/, [{ do: "drop" }], /^(\d+)\. Likes tea\.$/m],
  [/bees/, [{ do: "add", text: "Keeps bees." }]],
  [/next month/, [{ do: "add", text: "Moves to Rome.", since: "2026-12-01" }]],
  [
    /plums/,
    [
      { do: "change", fact: 99, text: "x" },
      { do: "add", text: " " },
      { do: "add", text: "Likes plums." },
    ],
  ],
  [/old letter/, [{ do: "add", text: "Has written letters." }]],
];

/** The prompts of questions, by question. */
export const prompts = new Map<string, string>();

/** Starts a model that learns facts, and answers by repeating the question. */
export const startModel = () =>
  serve(({ body }, response) => {
    const { messages } = (body as { inputs: { messages: { content: string }[] } }).inputs;
    const last = messages.at(-1)?.content ?? "";
    const [known = "", said = ""] = last.split("\n\nSaid:\n");
    const isExtraction = messages[0]?.content.startsWith("You keep short facts");
    const [, changes = [], changed] = LEARNED.find(([text]) => text.test(said)) ?? [];
    const fact = changed && Number(changed.exec(known)?.[1]);
    const text = isExtraction
      ? JSON.stringify({ changes: changes.map((change) => ({ ...(fact && { fact }), ...change })) })
      : `You said: ${last}`;
    if (!isExtraction) prompts.set(last, messages.map(({ content }) => content).join("\n"));
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ response: text }));
  });
