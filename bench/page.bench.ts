/** Measures how soon the page reacts to keys and clicks while an answer of 80 KB streams in 3 s (Event Timing API). */
import { expect, it } from "vitest";
import { type Visitor, visitedServer } from "../test/e2e/support/page";
import { percentile } from "./figures";

/** Milliseconds: the limit of "good" in the Web Vitals. */
const GOOD_MS = 200;

/** Ends the loop if an answer never ends. */
const MAX_ACTIONS = 3_000;

const visited = visitedServer();

interface Timings {
  /** The milliseconds of each interaction, from the input to the next paint. */
  interactions: number[];
  /** The milliseconds of each task above 50. */
  longTasks: number[];
}

/** Begins to record. Runs in the page. */
function record() {
  const interactions = new Map<number, number>();
  const timings: Timings = { interactions: [], longTasks: [] };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (!("interactionId" in entry) || typeof entry.interactionId !== "number" || entry.interactionId === 0) continue;
      interactions.set(entry.interactionId, Math.max(entry.duration, interactions.get(entry.interactionId) ?? 0));
      timings.interactions = [...interactions.values()];
    }
  }).observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) timings.longTasks.push(duration);
  }).observe({ type: "longtask" });
  Object.assign(window, { timings });
}

/** Types, opens and closes the menu, and scrolls, until the stored answer has replaced the streamed one, and once more. */
async function interact({ page }: Visitor): Promise<number> {
  const more = page.getByRole("button", { name: "More", exact: true });
  const streamed = page.locator('article[aria-busy="true"]');
  await streamed.waitFor();
  let actions = 0;
  for (let isStreaming = true; isStreaming && actions < MAX_ACTIONS; actions += 6) {
    isStreaming = (await streamed.count()) > 0;
    await page.locator("#question").click();
    await page.keyboard.type("ab");
    await more.click();
    // Escape would stop the answer if the menu was closed.
    await more.click();
    await page.mouse.wheel(0, actions % 4 ? 400 : -400);
  }
  return actions;
}

it.each([1, 4])("with a CPU that is slowed down %i times", async (rate) => {
  await using visitor = await visited.open();
  const { page, context } = visitor;
  const devtools = await context.newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate });
  await page.evaluate(record);
  await visitor.ask("Write 80 KB.");
  const actions = await interact(visitor);
  await page.getByRole("button", { name: /^Show all [\d,]+ characters$/ }).waitFor();
  const { interactions, longTasks } = await page.evaluate<Timings>("timings");
  const worst = Math.max(0, ...interactions);
  const share = (part: number) => percentile(interactions, part).toFixed(0);
  console.log(
    `CPU / ${rate}: ${actions} actions; of ${interactions.length} slower than 16 ms: median ${share(0.5)} ms, 98 % ${share(0.98)} ms, worst ${worst} ms; ${longTasks.length} long tasks, the longest ${Math.max(0, ...longTasks).toFixed(0)} ms`,
  );
  expect(actions).toBeGreaterThan(10);
  expect(Number(share(0.98))).toBeLessThan(GOOD_MS);
});
