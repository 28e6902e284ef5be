/** Calculates the costs of asks, sessions and users from the inputs in docs/scale.json. */
import { dollars, gigabytes, number, table } from "./table.mjs";

const MILLION = 1e6;
/** Monthly amounts that the paid plan includes, in the units of the prices. */
const INCLUDED = {
  requests: 10,
  cpu: 30,
  events: 20,
  calls: 1,
  duration: 0.4,
  rowsRead: 25_000,
  rowsWritten: 50,
  stored: 5,
};
/** The memory in GB that Cloudflare bills for a running object. */
const OBJECT_GB = 0.128;

/** Returns the usage of a million asks, in the units of the prices: millions, GB. */
function usage({ model, user }, inputs) {
  const seconds = model === "large" ? inputs.largeAnswerSeconds : inputs.answerSeconds;
  return {
    requests: 1,
    cpu: inputs.cpuMs,
    events: 2,
    calls: user ? 3 : 1,
    duration: seconds * OBJECT_GB,
    rowsRead: inputs.rowsRead,
    rowsWritten: inputs.rowsWritten + (user ? inputs.userRowsWritten : 0),
    stored: 0,
  };
}

const pricesOf = (inputs) => ({
  requests: inputs.workerRequest,
  cpu: inputs.workerCpu,
  events: inputs.logEvent,
  calls: inputs.objectCall,
  duration: inputs.objectGBs,
  rowsRead: inputs.rowRead,
  rowsWritten: inputs.rowWritten,
  stored: inputs.storedGB,
});

const modelPrice = (model, inputs) =>
  model === "large"
    ? inputs.promptTokens * inputs.largeIn + inputs.answerTokens * inputs.largeOut
    : inputs.promptTokens * inputs.smallIn + inputs.answerTokens * inputs.smallOut;
const factsPrice = (inputs) => inputs.factTokens * inputs.smallIn + inputs.factReplyTokens * inputs.smallOut;
/** Returns the price of embedding a question (20 tokens) and its answer to index them, and the question to search. */
const encoderPrice = (inputs) => (inputs.answerTokens + 2 * 20) * inputs.encoderIn;

/** Returns the bill of a month. @param stored GB */
function bill(millions, kind, inputs, stored = 0) {
  const used = usage(kind, inputs);
  const platform = Object.entries(pricesOf(inputs)).reduce((sum, [name, price]) => {
    const amount = name === "stored" ? stored : used[name] * millions;
    return sum + Math.max(0, amount - INCLUDED[name]) * price;
  }, inputs.plan);
  return (
    platform +
    millions * (modelPrice(kind.model, inputs) + encoderPrice(inputs) + (kind.facts ? factsPrice(inputs) : 0))
  );
}

const KINDS = [
  ["8B", { model: "small" }],
  ["8B, with a user and facts", { model: "small", user: true, facts: true }],
  ["70B", { model: "large" }],
];

export function millionAsks(inputs) {
  const lines = [
    ["requests of the Worker", "requests"],
    ["its CPU", "cpu"],
    ["lines of the log", "events"],
    ["calls of objects", "calls"],
    ["objects, while the model answers", "duration"],
    ["rows read", "rowsRead"],
    ["rows written", "rowsWritten"],
  ].map(([what, name]) => [
    what,
    ...KINDS.map(([, kind]) => dollars(usage(kind, inputs)[name] * pricesOf(inputs)[name])),
  ]);
  return table(
    ["a million asks, at list prices", ...KINDS.map(([name]) => name)],
    [
      ...lines,
      ["the model", ...KINDS.map(([, { model }]) => dollars(modelPrice(model, inputs)))],
      ["its facts", ...KINDS.map(([, { facts }]) => dollars(facts ? factsPrice(inputs) : 0))],
      ["the encoder", ...KINDS.map(() => dollars(encoderPrice(inputs)))],
      [
        "**the bill of a month** with a million, plan and what it includes",
        ...KINDS.map(([, kind]) => dollars(bill(1, kind, inputs))),
      ],
    ],
  );
}

export function idleSessions(inputs) {
  const row = (what, kib) => [
    what,
    `${number(kib)} KiB`,
    `${number(gigabytes(MILLION, kib))} GB`,
    dollars(Math.max(0, gigabytes(MILLION, kib) - INCLUDED.stored) * inputs.storedGB),
  ];
  return table(
    ["a million idle sessions", "each", "together", "a month"],
    [row("of 2 messages", inputs.smallKiB), row("of 40", inputs.sessionKiB), row("of 1,000", inputs.longKiB)],
  );
}

export function users(inputs) {
  const count = 100_000;
  const millions = (count * inputs.asksOfUser) / MILLION;
  // Sessions, and one object per user with a copy of their messages.
  const aMonth =
    gigabytes(count * inputs.sessionsOfUser, inputs.smallKiB) +
    (2 * count * inputs.asksOfUser * 2 * inputs.messageBytes) / 1e9;
  const row = (months) => {
    const stored = gigabytes(count, inputs.smallKiB) + months * aMonth;
    const costs = KINDS.slice(1).map(([, kind]) => bill(millions, kind, inputs, stored));
    return [
      `month ${months}`,
      `${number(millions)} million`,
      `${number(stored)} GB`,
      ...costs.map(dollars),
      dollars(costs[0] / count),
    ];
  };
  return table(
    ["100,000 users", "asks", "stored", ...KINDS.slice(1).map(([name]) => name), "a user, 8B"],
    [row(1), row(12)],
  );
}

export function freePlan(inputs) {
  const neurons = (model) => modelPrice(model, inputs) / MILLION / (inputs.neuron / 1000);
  const rows = [
    ["10,000 neurons", "the model, 70B", 10_000 / neurons("large")],
    ["10,000 neurons", "the model, 8B", 10_000 / neurons("small")],
    ["5 million rows read", "rows", (5 * MILLION) / inputs.rowsRead],
    ["100,000 rows written", "rows", 100_000 / inputs.rowsWritten],
    ["13,000 GB-s", "objects, while the 8B answers", 13_000 / (OBJECT_GB * inputs.answerSeconds)],
    ["100,000 requests", "Worker and objects", 100_000],
  ].map(([allowance, what, asks]) => [`${allowance} a day`, what, `${number(Math.floor(asks))} asks`]);
  const sessions = Math.floor(1 / gigabytes(1 / 5, inputs.smallKiB));
  return table(
    ["the free plan", "of", "is enough for"],
    [...rows, ["5 GB in all", "storage", `${number(sessions)} sessions of 2 messages`]],
  );
}
