/** Limits that several layers share. */

/** The longest text to search for, in characters (UTF-16 code units). */
export const MAX_QUERY = 32_000;

/**
 * The longest question, instructions, appended message and stored answer, in characters: a value of SQLite has at most
 * 2 MB, and a character takes up to 3 bytes.
 */
export const MAX_ANSWER = 400_000;

/** The largest `maxTokens` of a request. */
export const MAX_REPLY_TOKENS = 4_096;

/** The longest function result and function arguments of the OpenAI surface, in characters. */
export const MAX_RESULT = 100_000;

/** The most function calls of an answer, and the most functions of a request. */
export const MAX_CALLS = 64;
export const MAX_TOOLS = 128;

/** The most turns and appends of one session that wait while another one runs. */
export const MAX_WAITING = 16;

/** The most characters of messages in one reply of a session's object: RPC allows 32 MiB. */
export const MAX_PAGE = 4_000_000;

/** The default of `USER_MAX_MB`, in megabytes: the same as of a session. */
export const USER_MAX_MB = 1_000;

/** The default of `FACTS_IMPORT_CALLS`: 400 messages per user and day, for about the price of 20 turns. */
export const FACTS_IMPORT_CALLS = 20;

/** The largest body of a request, in bytes. */
export const MAX_BODY = 1024 * 1024;

/** The largest body of an ask, in bytes: a question and instructions of the longest kind, of 3 bytes per character. */
export const MAX_ASK_BODY = 4 * 1024 * 1024;

/** The largest body of an import, in bytes. It is read line by line. */
export const MAX_IMPORT_BODY = 100 * 1024 * 1024;

/**
 * The longest line of an import, in characters: a turn whose results and question filled a request of 8 MiB, and the
 * longest answer in JSON escapes.
 */
export const MAX_LINE = 11_000_000;

/** The largest body of appended messages and of the OpenAI surface, in bytes: 1,000 messages of 8 KiB. */
export const MAX_APPEND_BODY = 8 * 1024 * 1024;
