/** Fails a test file that logged a text. A setup file, because without isolation a module runs for the first file only. */
import { afterAll, expect } from "vitest";
import { takeLeaks } from "./log-leaks";

afterAll(() => expect(takeLeaks()).toEqual([]));
