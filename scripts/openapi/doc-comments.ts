/** Reads doc comments of schemas as their descriptions. The Worker contains neither, because bundlers drop comments. */
import { type Expression, parseSync, type VariableDeclaration, Visitor } from "oxc-parser";

/** Returns the text of a doc comment as one line. */
const textOf = (comment: string) =>
  comment
    .slice(1)
    .replace(/\s*\n\s*\*/g, "")
    .trim();

/**
 * Wraps each value that has a doc comment in a call of `described`. Such values are those of properties and constants.
 * Of a constant that is a function without parameters, the returned expression is wrapped.
 * @param path the module that exports `described`
 * @returns the text of the changed module
 */
export function withDescriptions(source: string, path: string): string {
  const { program, comments } = parseSync("module.ts", source);
  /** The doc comments by the place of the code that follows them. */
  const docs = new Map<number, string>();
  for (const { type, value, end } of comments) {
    const space = /^\s*/.exec(source.slice(end))?.[0].length ?? 0;
    if (type === "Block" && value.startsWith("*")) docs.set(end + space, textOf(value));
  }
  const inserted: { at: number; text: string }[] = [];
  const wrap = (doc: string, { start, end }: Expression, before = "") =>
    inserted.push({ at: start, text: `${before}described(${JSON.stringify(doc)}, ` }, { at: end, text: ")" });

  const visitDeclaration = (start: number, { declarations: [declared] }: VariableDeclaration) => {
    const doc = docs.get(start);
    const value = declared?.init;
    if (doc === undefined || !value) return;
    if (value.type !== "ArrowFunctionExpression") wrap(doc, value);
    else if (value.params.length === 0 && value.body.type !== "BlockStatement") wrap(doc, value.body);
  };
  new Visitor({
    ExportNamedDeclaration: ({ start, declaration }) => {
      if (declaration?.type === "VariableDeclaration") visitDeclaration(start, declaration);
    },
    VariableDeclaration: (declaration) => visitDeclaration(declaration.start, declaration),
    ObjectExpression: ({ properties }) => {
      for (const property of properties) {
        const doc = docs.get(property.start);
        if (doc === undefined || property.type !== "Property" || property.method || property.kind !== "init") continue;
        wrap(doc, property.value, property.shorthand ? `${source.slice(property.key.start, property.key.end)}: ` : "");
      }
    },
  }).visit(program);

  let text = source;
  for (const { at, text: part } of inserted.toSorted((a, b) => b.at - a.at))
    text = text.slice(0, at) + part + text.slice(at);
  return `${text}\nimport { described } from ${JSON.stringify(path)};\n`;
}
