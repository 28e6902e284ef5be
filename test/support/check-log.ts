/** Fails test files that log a text. It is a setup file: without isolation, a module runs for the first file only. */
import { afterAll, afterEach, expect } from "vitest";
import { endTest, takeLeaks } from "./log-leaks";

afterEach(({ task }) => endTest(task.result?.state === "fail"));
afterAll(() => expect(takeLeaks()).toEqual([]));
