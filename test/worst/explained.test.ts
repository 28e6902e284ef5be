import { expect, inject, it } from "vitest";
import { MOST_APPENDS, ordinaryAppendMs } from "../e2e/support/ordinary";
import { Workerd } from "../e2e/support/workerd";

const MEMORY_MB = 128;
/** As many characters of two bytes as a message may have. */
const LONGEST = "თაფლი მწიფეა ".repeat(40_000).slice(0, 400_000);

it("explains a hundred of the longest messages with little CPU and the memory of an object", async () => {
  const options = { bundle: inject("bundle"), ai: { entrypoint: "OfflineModel" as const }, heapMb: MEMORY_MB };
  await using server = new Workerd(options);
  await server.start();
  const post = (path: string, body: object) =>
    fetch(`${server.url}/sessions/s/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  for (let appends = 0; appends < 20; appends += 1) {
    const messages = Array.from({ length: 5 }, () => ({ role: "user", content: LONGEST }));
    expect((await post("messages", { messages })).status).toBe(201);
  }
  const [cpu, memory] = [server.cpuMs(), server.residentMb()];
  const explain = Array.from({ length: 100 }, (_, at) => at + 1);
  const response = await post("search", { q: "თაფლი მწიფეა", limit: 1, explain });
  expect(response.status).toBe(200);
  const { explained }: { explained: unknown[] } = await response.json();
  expect(explained).toHaveLength(100);
  const spent = server.cpuMs() - cpu;
  console.log(`${spent.toFixed(0)} ms, ${(server.peakMb() - memory).toFixed(0)} MB`);
  expect(spent / (await ordinaryAppendMs(server))).toBeLessThan(MOST_APPENDS);
});
