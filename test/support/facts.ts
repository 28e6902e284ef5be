/** Reads and changes facts about users. */
import { expect } from "vitest";
import { PATIENT } from "./users";
import { worker } from "./worker";

const llamory = worker(PATIENT);

interface Fact {
  id: string;
  text: string;
  pinned: boolean;
  since: string | null;
  until: string | null;
  sources: { sessionId: string; seq: number }[];
  writtenBy: "person" | "model";
  createdAt: string;
  updatedAt: string;
}

export async function factsOf(user: string): Promise<Fact[]> {
  const response = await llamory.fetch(`/users/${user}/facts`);
  return (await response.json<{ data: Fact[] }>()).data;
}

export async function add(user: string, text: string, more: object = {}): Promise<Fact> {
  const response = await llamory.post(`/users/${user}/facts`, { text, ...more });
  expect(response.status).toBe(201);
  return response.json();
}

export const change = (user: string, id: string, text: string) => llamory.patch(`/users/${user}/facts/${id}`, { text });
