/** Reads the project's documents: their text, code and links. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { marked, type Token } from "marked";
import { root } from "./bundle";

export interface Block {
  language: string;
  text: string;
  /** The expected output: the next block of the document. */
  output?: string;
}

export interface Document {
  path: string;
  text: string;
  blocks: Block[];
  /** The targets of links and pictures. */
  links: string[];
  /** Words in backticks. */
  codes: string[];
  /** The anchors of the document's headings, as GitHub makes them. */
  anchors: string[];
}

const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

function read(path: string): Document {
  const text = readFileSync(join(root, path), "utf8");
  const tokens = marked.lexer(text);
  const document: Document = { path, text, blocks: [], links: [], codes: [], anchors: [] };
  let before: Token | undefined;
  for (const token of tokens) {
    if (token.type === "space") continue;
    if (token.type === "code") {
      const last = document.blocks.at(-1);
      // The second of two adjacent blocks is the output of the first.
      const isOutput = last?.language === "sh" && ["", "json"].includes(token.lang ?? "");
      if (before?.type === "code" && isOutput) last.output = token.text;
      else document.blocks.push({ language: token.lang ?? "", text: token.text });
    }
    before = token;
  }
  marked.walkTokens(tokens, (token) => {
    if (token.type === "link" || token.type === "image") document.links.push(token.href);
    if (token.type === "codespan") document.codes.push(token.text);
    if (token.type === "heading") document.anchors.push(anchorOf(token.text));
  });
  return document;
}

export const documents = [
  "README.md",
  ...globSync(["*.md", "docs/*.md"], { cwd: root, exclude: ["README.md"] }).sort(),
].map(read);

/** Returns the commands of a block, each in one line. */
export const commandsOf = (block: Block): string[] =>
  block.text
    .replaceAll("\\\n", "")
    .split("\n")
    .map((line) => line.replace(/\s+# .*$/, "").trim())
    .filter((line) => line !== "");
