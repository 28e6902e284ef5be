import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { zipSync } from "fflate";
import { type ByteSource, blobSource } from "../../src/converters/byte-source";
import { type ConvertRequest, convert } from "../../src/converters/convert";
import type { Converted } from "../../src/converters/converted";
import { type Source, sourceOf } from "../../src/converters/source-files";

const SAMPLES = join(import.meta.dirname, "samples");

/** Returns bytes as a file, read in chunks of so many bytes. */
export function fileOf(name: string, content: string | Uint8Array<ArrayBuffer>, chunk = 65_536): ByteSource {
  const source = blobSource(new Blob([content]), name);
  return {
    ...source,
    async *slice(from, to) {
      for (let at = from; at < Math.min(to, source.size); at += chunk)
        yield* source.slice(at, Math.min(at + chunk, to, source.size));
    },
  };
}

export const sample = (name: string, chunk?: number): ByteSource =>
  fileOf(basename(name), readFileSync(join(SAMPLES, name)), chunk);

/** Returns the files of a folder of samples as a zip. */
export function zipOf(folder: string): Uint8Array<ArrayBuffer> {
  const root = join(SAMPLES, folder);
  const paths = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) =>
    statSync(join(root, path)).isFile(),
  );
  return zipSync(Object.fromEntries(paths.map((path) => [relative(".", path), readFileSync(join(root, path))])));
}

export async function converted(
  source: Source | ByteSource,
  request: Partial<ConvertRequest> = {},
): Promise<Converted[]> {
  const files = "files" in source ? source : await sourceOf(source);
  const conversations: Converted[] = [];
  for await (const conversation of convert(files, { timeZone: "UTC", ...request })) conversations.push(conversation);
  return conversations;
}

/** Returns a conversation as lines: role, name, content. */
export const linesOf = (conversation: Converted | undefined): string[] =>
  (conversation?.messages ?? []).map(
    ({ role, name, content }) => `${name === undefined ? role : `${role} ${name}`}: ${content}`,
  );

/** Returns the times of a conversation in ISO 8601. */
export const timesOf = (conversation: Converted | undefined): (string | undefined)[] =>
  (conversation?.messages ?? []).map(({ createdAt }) =>
    createdAt === undefined ? undefined : new Date(createdAt).toISOString(),
  );
