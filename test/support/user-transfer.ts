/** Exports and imports users. */
import { expect } from "vitest";
import { add } from "./facts";
import { learnt, reply, tell } from "./learning";
import { scriptedFacts } from "./scripted-model";
import { freshUser, PATIENT } from "./users";
import { worker } from "./worker";

const llamory = worker(PATIENT);

export const DOG = "Has a dog named Rex with epilepsy.";
export const POODLE = "Has a dog named Rex, a poodle with epilepsy.";

export interface Page {
  text: string;
  end: { sessions: number; facts: number; nextCursor: string | null };
}

async function page(user: string, cursor?: string): Promise<Page> {
  const query = cursor === undefined ? "" : `?cursor=${encodeURIComponent(cursor)}`;
  const response = await llamory.fetch(`/users/${user}/export${query}`);
  expect(response.headers.get("content-type")).toBe("application/x-ndjson");
  const text = new TextDecoder().decode(await response.arrayBuffer());
  return { text, end: JSON.parse(text.trim().split("\n").at(-1) ?? "").end };
}

export async function pages(user: string): Promise<Page[]> {
  const all = [await page(user)];
  for (let cursor = all[0]?.end.nextCursor; cursor; cursor = all.at(-1)?.end.nextCursor)
    all.push(await page(user, cursor));
  return all;
}

export const textOf = async (user: string) => (await pages(user)).map(({ text }) => text).join("");

export const importLines = (user: string, body: string) =>
  llamory.fetch(`/users/${user}/import`, { method: "POST", headers: { "content-type": "application/x-ndjson" }, body });

export interface Imported {
  sessions: { from: string; to: string }[];
  facts: number;
}

export async function imported(user: string, body: string): Promise<Imported> {
  const response = await importLines(user, body);
  expect(response.status).toBe(201);
  return response.json<Imported>();
}

/** Replaces ids of sessions, and sorts the sessions of an export by their new ids. Numbers of versions count from the first. */
export function renamed(text: string, sessions: Imported["sessions"]): string[] {
  const ids = new Map(sessions.map(({ from, to }) => [from, to]));
  const numbers = new Map<string, string>();
  const parts = text.split(/^(?=\{"(?:session|fact|llamory":"user|end":\{"sessions)")/m);
  return parts
    .map((part) => part.replace(/"sessionId":"([^"]+)"/g, (_, id: string) => `"sessionId":"${ids.get(id) ?? id}"`))
    .map((part) =>
      part.replace(/"(number|base)":(\d+)/g, (_, name: string, number: string) => {
        if (!numbers.has(number)) numbers.set(number, String(numbers.size + 1));
        return `"${name}":${numbers.get(number)}`;
      }),
    )
    .filter((part) => !/^\{"(?:llamory":"user|end)/.test(part))
    .sort();
}

/** Creates a user with a fact that the model has learned and changed, and a fact of a person. */
export async function taught() {
  const user = freshUser();
  await scriptedFacts(
    user,
    reply({ do: "add", text: DOG }),
    reply({ do: "change", fact: 1, text: POODLE }),
    reply({ do: "add", text: "Has a poodle." }),
  );
  const first = await tell(user, "My dog is named Rex and he has epilepsy.");
  await learnt(user, DOG);
  const second = await tell(user, "My dog is a poodle.");
  await learnt(user, POODLE);
  await add(user, "Lives in Berlin.");
  await llamory.patch(`/sessions/${second}`, { title: "Dogs", instructions: "Be brief.", timeZone: "Europe/Lisbon" });
  return { user, first, second };
}
