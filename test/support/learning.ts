/** Asks questions, and lets the scripted model learn facts from them. */
import { expect } from "vitest";
import { eventually } from "./eventually";
import { factsOf } from "./facts";
import { everythingIn, owes, PATIENT, userObject } from "./users";
import { freshSession, worker } from "./worker";

const learning = worker({ ...PATIENT, FACTS: "model" });

/** Returns a reply of the model that extracts facts. */
export const reply = (...changes: object[]) => ({ response: JSON.stringify({ changes }) });

/** Asks a question as a user, and waits until the user's object has the turn. Returns the session. */
export async function tell(user: string, question: string, sessionId = freshSession()): Promise<string> {
  const response = await learning.post("/ask", { sessionId, userId: user, question });
  expect(response.status).toBe(200);
  await eventually(async () => expect(await owes(sessionId)).toBe(false));
  return sessionId;
}

/** Returns the texts of the user's facts in alphabetical order. */
export const texts = async (user: string) => (await factsOf(user)).map(({ text }) => text).sort();

/** Waits until the user has exactly these facts. */
export const learnt = (user: string, ...expected: string[]) =>
  eventually(async () => expect(await texts(user)).toEqual(expected.sort()));

/** Waits until no fact extraction is pending. */
export const done = (user: string) =>
  eventually(async () => expect(await everythingIn(userObject(user))).not.toContain("extract"));
