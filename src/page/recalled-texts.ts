/** The texts of messages that a prompt quotes. */
import type { Api, Memory, Message } from "./api";

export type RecalledWithText = Memory["recalled"][number] & { message?: Message | undefined };

/** Adds the texts of recalled messages: one request per session. */
export async function withTexts(api: Api, recalled: Memory["recalled"]): Promise<RecalledWithText[]> {
  const bySession = Map.groupBy(recalled, ({ sessionId }) => sessionId);
  const read = await Promise.all(
    [...bySession].map(async ([sessionId, some]) => {
      const seqs = some.map(({ seq }) => seq);
      const messages = await api.pick(sessionId, seqs).catch((): Message[] => []);
      return messages.map((message): [string, Message] => [`${sessionId} ${message.seq}`, message]);
    }),
  );
  const messages = new Map(read.flat());
  return recalled.map((one) => ({ ...one, message: messages.get(`${one.sessionId} ${one.seq}`) }));
}
