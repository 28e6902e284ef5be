/** Splits code into tokens for highlighting. Loaded when an answer contains code. */
import bash from "@speed-highlight/core/languages/bash.js";
import c from "@speed-highlight/core/languages/c.js";
import css from "@speed-highlight/core/languages/css.js";
import diff from "@speed-highlight/core/languages/diff.js";
import go from "@speed-highlight/core/languages/go.js";
import html from "@speed-highlight/core/languages/html.js";
import java from "@speed-highlight/core/languages/java.js";
import js from "@speed-highlight/core/languages/js.js";
import jsdoc from "@speed-highlight/core/languages/jsdoc.js";
import json from "@speed-highlight/core/languages/json.js";
import py from "@speed-highlight/core/languages/py.js";
import regex from "@speed-highlight/core/languages/regex.js";
import rs from "@speed-highlight/core/languages/rs.js";
import sql from "@speed-highlight/core/languages/sql.js";
import todo from "@speed-highlight/core/languages/todo.js";
import toml from "@speed-highlight/core/languages/toml.js";
import ts from "@speed-highlight/core/languages/ts.js";
import xml from "@speed-highlight/core/languages/xml.js";
import yaml from "@speed-highlight/core/languages/yaml.js";
import { tokenizeWith } from "@speed-highlight/core/tokenize";

export interface CodeToken {
  text: string;
  type?: string | undefined;
}

const LANGUAGES = {
  bash,
  c,
  css,
  diff,
  go,
  html,
  java,
  js,
  jsdoc,
  json,
  py,
  regex,
  rs,
  sql,
  todo,
  toml,
  ts,
  xml,
  yaml,
};

type Language = keyof typeof LANGUAGES;

/** Other names of languages, as models write them. */
const ALIASES: Record<string, Language> = {
  cpp: "c",
  "c++": "c",
  h: "c",
  javascript: "js",
  jsx: "js",
  mjs: "js",
  jsonc: "json",
  json5: "json",
  patch: "diff",
  python: "py",
  rust: "rs",
  sh: "bash",
  shell: "bash",
  console: "bash",
  zsh: "bash",
  svg: "xml",
  tsx: "ts",
  typescript: "ts",
  yml: "yaml",
};

const isLanguage = (name: string): name is Language => Object.hasOwn(LANGUAGES, name);

/** Returns the tokens of a text. A text in an unknown language is one token. */
export function highlight(text: string, name: string): CodeToken[] {
  const lower = name.toLowerCase();
  const language = Object.hasOwn(ALIASES, lower) ? ALIASES[lower] : lower;
  if (language === undefined || !isLanguage(language)) return [{ text }];
  const tokens: CodeToken[] = [];
  tokenizeWith(text, LANGUAGES[language], (part, type) => tokens.push({ text: part, type }), { languages: LANGUAGES });
  return tokens;
}
