// Costs and limits: calculates the tables of docs/scale.md from the inputs in docs/scale.json.
//
//   npm run scale                    prints them
//   npm run scale -- mine.json       with inputs of your own: { "promptTokens": 3000, … }
//   npm run scale -- --write         writes them into docs/scale.md;  --check  fails if the document is out of date
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePlan, idleSessions, millionAsks, users } from "./scale/costs.mjs";
import { oneSession, tenantBurst } from "./scale/queues.mjs";
import { gigabytes, number, table } from "./scale/table.mjs";

const DOCUMENT = join(import.meta.dirname, "../docs/scale.md");
const INPUTS = join(import.meta.dirname, "../docs/scale.json");
const [argument] = process.argv.slice(2);
const named = JSON.parse(readFileSync(INPUTS, "utf8"));
const own = argument === undefined || argument.startsWith("--") ? {} : JSON.parse(readFileSync(argument, "utf8"));
for (const name of Object.keys(own)) if (!(name in named)) throw new Error(`There is no input ${name}.`);
const inputs = Object.fromEntries(Object.entries(named).map(([name, [value]]) => [name, own[name] ?? value]));

function firstLimits() {
  const turns = 60 / inputs.answerSeconds;
  return table(
    ["what grows", "ends at", "then", "what to do"],
    [
      [
        "one session's questions",
        `${number(turns)} a minute: one turn at once, of ${inputs.answerSeconds} s`,
        `${inputs.waiting} wait, then 429 \`session_queue_full\``,
        "one session per conversation; a `userId` connects them",
      ],
      [
        "all asks of an account",
        `${number(inputs.modelAMinute)} a minute for each model`,
        "`FALLBACK_MODEL`, then 503 `model_busy`",
        "ask Cloudflare to raise it; `AI_GATEWAY` with another provider",
      ],
      [
        "a tenant's requests",
        `${number(inputs.tenantAMinute)} a minute`,
        "429 `too_many_requests`",
        "`[[ratelimits]]`",
      ],
      [
        "one object's calls",
        `about ${number(inputs.objectRequests)} a second`,
        "503 `session_overloaded`",
        "nothing: the queue of the session is full long before",
      ],
      [
        "one session's messages",
        `${number(inputs.maxMessages)}, which are ${number(gigabytes(inputs.maxMessages, inputs.messageBytes / 1024) * 1000)} MB`,
        "422 `session_full`",
        `\`SESSION_MAX_MESSAGES\`, \`SESSION_MAX_MB\`: ${inputs.objectGB} GB are ${number((inputs.objectGB * 1e9) / inputs.messageBytes / 1e6)} million messages`,
      ],
      [
        "one user's copy of it all",
        "`USER_MAX_MB`, 1 GB",
        "the oldest messages of the copy are dropped",
        `\`USER_MAX_MB\`, to ${inputs.objectGB} GB; \`SESSION_TTL_DAYS\``,
      ],
    ],
  );
}

function lineOfSession() {
  const rows = [3, 6, 9, 12, 15, 30].map((aMinute) => {
    const { refused, median, most } = oneSession(aMinute, inputs.answerSeconds, inputs.waiting);
    return [`${aMinute} a minute`, `${number(median)} s`, `${number(most)} s`, `${number(refused * 100)} %`];
  });
  return table(["questions to one session", "wait, median", "wait, 95 of 100", "refused"], rows);
}

function burst() {
  const row = (asks, fallback) => {
    const { first, byRate, byModel, minutes } = tenantBurst(asks, fallback, inputs);
    const what = `${number(asks)}${fallback ? "" : ", no fallback"}`;
    return [what, ...[first, byRate, byModel].map(number), `${number(minutes)} min`];
  };
  return table(
    ["asks within one minute", "answered at once", "429", "503", "all answered after"],
    [...[300, 600, 1_200, 2_400].map((asks) => row(asks, true)), row(600, false), row(1_200, false)],
  );
}

const sections = {
  inputs: table(
    ["input", "value", "meaning", "source"],
    Object.entries(named).map(([name, [, what, from]]) => [
      `\`${name}\``,
      inputs[name].toLocaleString("en", { maximumFractionDigits: 3 }),
      what,
      from,
    ]),
  ),
  asks: millionAsks(inputs),
  idle: idleSessions(inputs),
  users: users(inputs),
  free: freePlan(inputs),
  limits: firstLimits(),
  line: lineOfSession(),
  burst: burst(),
};

if (argument === "--write" || argument === "--check") {
  const text = readFileSync(DOCUMENT, "utf8");
  const written = Object.entries(sections).reduce(
    (document, [name, rows]) =>
      document.replace(
        new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`),
        (_, begin, end) => `${begin}${rows}\n${end}`,
      ),
    text,
  );
  if (argument === "--write") writeFileSync(DOCUMENT, written);
  else if (written !== text) throw new Error("docs/scale.md does not match its inputs: npm run scale -- --write");
} else {
  console.log(Object.values(sections).join("\n\n"));
}
