// The conversations and facts in the pictures of the page.
import { FIRST, history } from "./story.mjs";

export const userId = "ana";

const conversations = [
  ["Holidays", "In August we walk along the coast near Sagres, for a week or two."],
  ["Bread with honey", "My sourdough needs less water when I use honey from the lime tree."],
];

const MARKDOWN = [
  "# Feeding\n\nSugar water, **2 : 1** by weight, see [the guide](https://example.com).\n\n- warm it\n- stir it\n\n> Never feed honey of strangers.",
  "| month | sugar (kg) | water (l) |\n| :-- | --: | :-: |\n| September | 3.5 | 1.75 |\n| October, if the weather stays mild | 1 | 0.5 |",
  '```ts\n// Sugar for the winter, in kilograms.\nexport function sugarFor(hives: number): number {\n  return hives * 3.5 + Number("0.5");\n}\n```',
  "The area of a frame is $a = w \\cdot h$, and of all of them\n\n$$A = \\sum_{i=1}^{n} w_i h_i \\le \\frac{3}{4} \\sqrt{2}$$\n\nUse `&lt;` in HTML. שלום עולם, these words are read from the right.",
].join("\n\n");

const sender = (url) => async (method, path, body) => {
  const response = await fetch(url + path, {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
};

/** Stores all of it on a server. */
export async function fillServer(url) {
  const send = sender(url);
  for (const [title, question] of conversations) {
    const sessionId = title.toLowerCase().replaceAll(" ", "-");
    await send("POST", "/ask", { sessionId, userId, question });
    await send("PATCH", `/sessions/${sessionId}`, { title });
  }
  await send("POST", "/sessions/diary/messages", { userId, messages: history(200) });
  await send("PATCH", "/sessions/diary", { title: "The hives" });
  const fact = await send("POST", `/users/${userId}/facts`, { text: "Ana keeps bees." });
  const learned = { text: "Ana keeps three hives in Lisbon.", source: { sessionId: "diary", seq: 1 } };
  await send("PATCH", `/users/${userId}/facts/${fact.id}`, learned);
  await send("POST", `/users/${userId}/facts`, { text: "Is allergic to nuts.", pinned: true });
  await send("POST", "/ask", { sessionId: "diary", userId, question: FIRST });
  await send("POST", "/sessions/markdown/messages", {
    userId,
    messages: [
      { role: "user", content: "How do I feed my bees?" },
      { role: "assistant", content: MARKDOWN },
    ],
  });
  await send("PATCH", "/sessions/markdown", { title: "Feeding the bees" });
}
