/** Tests the tasks of an object and its one alarm. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Database } from "../../src/do/sqlite/database";
import { Schedule } from "../../src/do/sqlite/schedule";
import { freshSession } from "../support/worker";

/** A time tomorrow: an alarm cannot be set in the past. */
const NOW = Date.now() + 86_400_000;
const MINUTE_MS = 60_000;

type Task = "first" | "second";

/** Runs a function with the schedule of a fresh object and a function that returns the time of its alarm. */
const withSchedule = (run: (schedule: Schedule<Task>, alarm: () => Promise<number | null>) => Promise<void>) =>
  runInDurableObject(env.CHAT_DO.getByName(freshSession()), async (_, { storage }) => {
    await run(new Schedule<Task>(storage, new Database(storage, "session")), () => storage.getAlarm());
    // The object's own code does not include these tasks.
    await storage.deleteAlarm();
  });

const done = async () => null;
/** The two kinds of failing tasks. */
const failures: [how: string, task: () => Promise<number | null>][] = [
  ["rejects", () => Promise.reject(new Error("down"))],
  [
    "throws",
    () => {
      throw new Error("down");
    },
  ],
];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
});
afterEach(() => vi.useRealTimers());

describe("a task that is due", () => {
  it.each(failures)("runs again a minute after it %s, until it succeeds", (_how, fails) =>
    withSchedule(async (schedule, alarm) => {
      schedule.plan("first", NOW);
      for (let minutes = 1; minutes <= 3; minutes += 1) {
        await schedule.run({ first: fails, second: done });
        expect(schedule.has("first")).toBe(true);
        expect(await alarm()).toBe(NOW + minutes * MINUTE_MS);
        vi.setSystemTime(NOW + minutes * MINUTE_MS);
      }
      const first = vi.fn(done);
      await schedule.run({ first, second: done });
      expect(first).toHaveBeenCalledTimes(1);
      expect(schedule.has("first")).toBe(false);
    }),
  );

  it.each(failures)("runs although the task before it %s", (_how, fails) =>
    withSchedule(async (schedule, alarm) => {
      schedule.plan("first", NOW - 1);
      schedule.plan("second", NOW);
      const second = vi.fn(async () => NOW + 5 * MINUTE_MS);
      await schedule.run({ first: fails, second });
      expect(second).toHaveBeenCalledTimes(1);
      expect(await alarm()).toBe(NOW + MINUTE_MS);
      vi.setSystemTime(NOW + MINUTE_MS);
      await schedule.run({ first: done, second });
      expect(second).toHaveBeenCalledTimes(1);
      expect(await alarm()).toBe(NOW + 5 * MINUTE_MS);
    }),
  );

  it("keeps an earlier time that was planned while it ran", () =>
    withSchedule(async (schedule, alarm) => {
      schedule.plan("first", NOW);
      const planned = async () => {
        schedule.plan("first", NOW + MINUTE_MS);
        return NOW + 5 * MINUTE_MS;
      };
      // A plan does not move an earlier time, and this task is due now.
      await schedule.run({ first: planned, second: done });
      expect(await alarm()).toBe(NOW + 5 * MINUTE_MS);
      vi.setSystemTime(NOW + 5 * MINUTE_MS);
      const noted = async () => {
        schedule.note("first", NOW + 6 * MINUTE_MS, {});
        return NOW + 9 * MINUTE_MS;
      };
      await schedule.run({ first: noted, second: done });
      expect(await alarm()).toBe(NOW + 6 * MINUTE_MS);
    }));

  it("is not run before its time", () =>
    withSchedule(async (schedule, alarm) => {
      const first = vi.fn(done);
      schedule.plan("first", NOW + 1);
      await schedule.run({ first, second: done });
      expect(first).not.toHaveBeenCalled();
      expect(await alarm()).toBe(NOW + 1);
    }));
});
