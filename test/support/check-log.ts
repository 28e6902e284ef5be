/** Fails test files that log a text. It is a setup file: without isolation, a module runs for the first file only. */
import { afterAll, expect } from "vitest";
import { takeLeaks } from "./log-leaks";

afterAll(() => expect(takeLeaks()).toEqual([]));
