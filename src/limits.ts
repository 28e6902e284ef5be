/** Limits that several layers share. */

/** The longest question and appended message, in characters (UTF-16 code units). */
export const MAX_CONTENT = 32_000;

/** The longest answer that is remembered, in characters: SQLite holds 2 MB in a value, and a character takes up to 3. */
export const MAX_ANSWER = 400_000;

/** The most tokens that a request may ask an answer to have. */
export const MAX_REPLY_TOKENS = 4_096;

/** The longest text of the OpenAI surface, in characters: of a message, a result, the arguments of an answer's calls. */
export const MAX_RESULT = 100_000;

/** Functions that an answer may call, and that a request may offer. */
export const MAX_CALLS = 64;
export const MAX_TOOLS = 128;

/** How many turns and appends of one session may wait behind the one that runs. */
export const MAX_WAITING = 16;

/** Characters of all messages that one reply of a session's object carries: RPC ends at 32 MiB. */
export const MAX_PAGE = 4_000_000;

/** Megabytes that the database of a user may have where the setting `USER_MAX_MB` is absent: as many as a session's. */
export const USER_MAX_MB = 1_000;

/** The largest body of a request, in bytes. */
export const MAX_BODY = 1024 * 1024;

/** The largest body of an import, in bytes; it is read as it comes, a line at a time. */
export const MAX_IMPORT_BODY = 100 * 1024 * 1024;

/** The longest line of an import, in characters: a turn with the longest results, question and answer, escaped. */
export const MAX_LINE = 6_000_000;

/** The largest body of appended messages, in bytes: 1,000 of 8 KiB. */
export const MAX_APPEND_BODY = 8 * 1024 * 1024;
