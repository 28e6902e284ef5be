/** The text of `llamory --help`. */
import { FORMATS } from "../converters/export-formats";

export const USAGE = `Usage: llamory COMMAND [OPTIONS]

Commands:
  chat             talk with the session; /why shows what was recalled, /quit ends
  ask QUESTION     ask one question; without QUESTION, it is read from stdin
  import FILE      import the history of another product (a file, a zip or a folder), or what export wrote
  export           write a session (--session) or a user (--user) as lines of JSON
  sessions         list sessions
  facts            list the facts about the user
  forget           delete a session (--session), a user (--user) or a fact (--user and --fact)

Options:
  --url URL        the server; default: LLAMORY_URL, else http://127.0.0.1:8787
  --token TOKEN    an API token; default: LLAMORY_TOKEN
  -s, --session ID the session; default of chat and ask: cli
  -u, --user ID    the user whose memory covers all their sessions
  --json           print JSON
  -y, --yes        delete without asking
  -h, --help       print this text
  -v, --version    print the version

Options of import:
  --format NAME    ${FORMATS.slice(0, 5).join(", ")},
                   ${FORMATS.slice(5, 11).join(", ")},
                   ${FORMATS.slice(11, 16).join(", ")},
                   ${FORMATS.slice(16).join(", ")}; default: recognized
  --me NAME        your name in chats of several people
  --time-zone ZONE the time zone of times without an offset; default: the machine's
  --learn          let facts about the user be learned from the messages
  --dry-run        compare, and store nothing

Exit codes: 0 done, 1 refused by the server, 2 wrong option or file, 3 server not reachable, 130 stopped with Ctrl+C.
`;
