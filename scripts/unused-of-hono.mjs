/**
 * Members of Hono's classes that no route uses, by file: the Worker is built without them, and without the modules that
 * only they import, which saves 2 KiB gzipped. scripts/layout.mjs refuses their use.
 */
export const UNUSED = {
  "context.js": ["render", "setLayout", "getLayout", "setRenderer", "html", "json", "redirect", "event"],
  "request.js": ["parseBody", "blob", "formData", "bytes", "matchedRoutes", "routePath"],
  "hono-base.js": ["mount", "request", "fire"],
};

const used = (names, file) => `\\b(?:${names})\\.(?:${UNUSED[file].join("|")})\\b`;

/** Matches a use of such a member, by the usual names of the objects. Comments may name one, between backticks. */
export const USE_OF_UNUSED = new RegExp(
  `(?:${used("c|ctx|context", "context.js")}|${used("req", "request.js")}|${used("app", "hono-base.js")})(?!\`)`,
);
