import { random, sentence } from "../../../bench/text";
import { post } from "./http";
import type { Workerd } from "./workerd";

/**
 * The most CPU of a request, as a multiple of an ordinary append. A limit in seconds would measure the machine: some are
 * slower than others, and the speed of a virtual one varies by 1.7 from second to second.
 */
export const MOST_APPENDS = 32;

const next = random(1);
const messages = Array.from({ length: 1_000 }, () => ({ role: "user", content: sentence(next, 150) }));

/** Returns the CPU in milliseconds of appending 1,000 messages of 150 words: the second time, when the code is compiled. */
export async function ordinaryAppendMs(server: Workerd): Promise<number> {
  let before = 0;
  for (const sessionId of [crypto.randomUUID(), crypto.randomUUID()]) {
    before = server.cpuMs();
    const { status } = await post(`${server.url}/sessions/${sessionId}/messages`, { messages });
    if (status !== 201) throw new Error(`An ordinary append was answered with ${status}.`);
  }
  return server.cpuMs() - before;
}
