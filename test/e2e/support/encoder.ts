import type { TestProject } from "vitest/node";
import { startEncoder } from "../../support/encoder.mjs";

declare module "vitest" {
  interface ProvidedContext {
    /** The URL of a real encoder. */
    encoder: string;
  }
}

export default async function setup(project: TestProject) {
  const encoder = await startEncoder();
  project.provide("encoder", encoder.url);
  return () => encoder.stop();
}
