/** Requests about conversations of the OpenAI surface. */
import { worker } from "./worker";

const llamory = worker();

interface Item {
  id: string;
  type: string;
  role?: string;
  content?: { type: string; text: string }[];
  call_id?: string;
  output?: string;
}

interface List {
  data: Item[];
  first_id: string | null;
  last_id: string | null;
  has_more: boolean;
}

interface Conversation {
  id: string;
  created_at: number;
  metadata: Record<string, string>;
}

export const create = async (body: object = {}) => (await llamory.post("/v1/conversations", body)).json<Conversation>();
export const pathOf = (id: string, item = "") =>
  `/v1/conversations/${id}${item && `/items/${encodeURIComponent(item)}`}`;
export const get = (path: string, method = "GET") => llamory.fetch(path, { method });
export const list = async (id: string, query = "?order=asc") => (await get(`${pathOf(id)}/items${query}`)).json<List>();
export const add = async (id: string, items: object[]) =>
  (await llamory.post(`${pathOf(id)}/items`, { items })).json<List>();
export const said = ({ data }: List) =>
  data.map(({ type, role, content, output }) => `${role ?? type}: ${content?.[0]?.text ?? output ?? ""}`);
export const user = (content: string) => ({ role: "user", content });
export const assistant = (content: string) => ({ role: "assistant", content });
