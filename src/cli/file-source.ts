/** Files and folders as sources of an import. */
import { createReadStream } from "node:fs";
import { lstat, readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { counted, type Source, sourceOf } from "../converters/source-files";
import { CliError } from "./cli-error";

/** The most files of a folder. */
const MAX_FILES = 500_000;

/** Returns the files of a zip or a folder, or one file. @throws {CliError} if it cannot be read */
export async function openSource(path: string): Promise<Source> {
  try {
    const { size } = await stat(path);
    const name = basename(path);
    if ((await stat(path)).isDirectory()) return await folderSource(path);
    return await sourceOf({
      name,
      size,
      slice: (from, to) => (to > from ? createReadStream(path, { start: from, end: to - 1 }) : none()),
    });
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    const why = error.code === "ENOENT" ? "does not exist" : `cannot be read (${String(error.code)})`;
    throw new CliError(`${path} ${why}.`);
  }
}

async function* none(): AsyncGenerator<Uint8Array> {}

/**
 * Yields the paths of all files below a folder, with `/` between their parts. Leaves out links: they may lead nowhere,
 * or back into the folder (pnpm and Wine create such), where `readdir` with `recursive` follows them without end.
 */
async function* filesBelow(root: string, inside = ""): AsyncGenerator<string> {
  for (const entry of await readdir(join(root, inside), { withFileTypes: true })) {
    const path = inside + entry.name;
    // On Windows, a listing also shows the files and folders of OneDrive as links.
    const kind = entry.isSymbolicLink() ? await lstat(join(root, path)) : entry;
    if (kind.isDirectory()) yield* filesBelow(root, `${path}/`);
    else if (kind.isFile()) yield path;
  }
}

async function folderSource(root: string): Promise<Source> {
  const paths: string[] = [];
  for await (const path of filesBelow(root)) {
    if (paths.push(path) > MAX_FILES) throw new CliError(`${root} has more than ${MAX_FILES} files.`);
  }
  paths.sort();
  return {
    name: basename(root),
    paths,
    async *files(wanted, progress = { read: 0, size: 0 }) {
      const chosen = paths.filter(wanted);
      const sizes = await Promise.all(chosen.map(async (path) => (await stat(join(root, path))).size));
      Object.assign(progress, { read: 0, size: sizes.reduce((sum, size) => sum + size, 0) });
      for (const path of chosen) yield { path, chunks: counted(createReadStream(join(root, path)), progress) };
    },
  };
}
