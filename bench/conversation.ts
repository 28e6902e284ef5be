/** A long conversation between two people, made by rule, with questions whose evidence is known. */
import { random } from "./text";

export interface Said {
  role: "user" | "assistant";
  name: string;
  content: string;
  createdAt: number;
}

export interface Question {
  question: string;
  /** Where in the conversation the answer was said: 0, 1, 2 … */
  evidence: number[];
}

const HOUR = 3_600_000;
const SPEAKERS = ["Marta", "Theo"] as const;

/** The values for a template's `{…}`. */
const SLOTS: Record<string, string[]> = {
  city: [
    "Lisbon",
    "Vienna",
    "Oslo",
    "Kyoto",
    "Dublin",
    "Prague",
    "Seville",
    "Quebec",
    "Hanoi",
    "Cusco",
    "Riga",
    "Bergen",
  ],
  pet: ["dog", "cat", "rabbit", "parrot", "turtle", "hamster"],
  petName: [
    "Biscuit",
    "Nimbus",
    "Pepper",
    "Ziggy",
    "Mochi",
    "Hazel",
    "Otis",
    "Clove",
    "Juno",
    "Pixel",
    "Waffle",
    "Rune",
  ],
  instrument: ["violin", "guitar", "piano", "flute", "clarinet", "drums", "trumpet", "cello"],
  sport: ["tennis", "swimming", "climbing", "hockey", "rugby", "boxing", "yoga"],
  dish: ["lasagna", "ramen", "paella", "curry", "tacos", "risotto", "goulash", "pierogi"],
  food: ["peanuts", "shellfish", "strawberries", "gluten", "walnuts", "soy"],
  friend: ["Ingrid", "Pavel", "Noor", "Diego", "Aiko", "Fiona", "Ravi", "Selma", "Tomas", "Yara", "Emre", "Leila"],
  job: ["nurse", "architect", "baker", "translator", "carpenter", "pilot", "librarian", "chemist"],
  number: ["three", "four", "seven", "nine", "12", "15", "28", "40"],
  thing: ["lamp", "kayak", "camera", "bicycle", "telescope", "jacket", "sofa", "kettle", "backpack", "printer"],
  subject: ["physics", "history", "Polish", "statistics", "botany", "law", "welding", "pottery"],
};

/** A fact in a person's words, optionally after a question, and a later question about it. */
interface Fact {
  opening?: string;
  told: string;
  asked: string[];
}

const FACTS: Fact[] = [
  {
    told: "I flew to {city} with {friend} and lost my suitcase on the way.",
    asked: ["Where did {me} fly with {friend}?", "Which city did {me} go to when the luggage was lost?"],
  },
  {
    told: "We adopted a {pet} yesterday and called it {petName}.",
    asked: ["What is the name of {me}'s {pet}?", "Which pet did {me} get?", "When did {me} adopt {petName}?"],
  },
  {
    opening: "Do you play anything?",
    told: "The {instrument}, since I was {number}.",
    asked: ["Which instrument does {me} play?", "How old was {me} when starting the {instrument}?"],
  },
  {
    told: "{friend} taught me to cook {dish}, it took us two hours.",
    asked: ["Who taught {me} to make {dish}?", "What dish did {friend} show {me} how to prepare?"],
  },
  {
    told: "I can't eat {food}, my throat swells up at once.",
    asked: ["What is {me} allergic to?", "Which food does {me} have to avoid?"],
  },
  {
    told: "My sister began to work as a {job} in {city} last month.",
    asked: ["What is the job of {me}'s sister?", "Where does {me}'s sister work as a {job}?"],
  },
  {
    told: "I bought a second-hand {thing} from {friend} for {number} euros.",
    asked: ["What did {me} purchase from {friend}?", "How much did {me} pay for the {thing}?"],
  },
  {
    opening: "Any sport lately?",
    told: "I took up {sport}, twice a week with {friend}.",
    asked: ["Which exercise does {me} do with {friend}?", "Who does {me} go to {sport} with?"],
  },
  {
    told: "{friend} got married in {city}, I gave the speech.",
    asked: ["Where was {friend}'s wedding?", "At whose marriage did {me} speak?"],
  },
  {
    told: "I passed the {subject} exam, {number} of us failed.",
    asked: ["Which test did {me} pass?", "How many failed the exam in {subject}?"],
  },
  {
    told: "Dad broke his ankle on the stairs and spent {number} days in hospital.",
    asked: ["What injury did {me}'s father have?", "How long was {me}'s father in the clinic?"],
  },
  {
    told: "I sold the {thing} and gave the money to {friend}'s shelter.",
    asked: ["What did {me} sell for {friend}?", "Which charity did {me} give money to?"],
  },
];

const TALK = [
  "How was your day?",
  "Long, but fine. I went for a walk in the evening.",
  "The weather is bad again, I hope that it gets better at the weekend.",
  "That sounds good! What else is new?",
  "Not much, I am reading and cooking a lot.",
  "I saw your friend at the shop, she says hello.",
  "Work was hard this week, we had meetings every day.",
  "I would like to travel more, maybe next year.",
  "My phone died twice today, I need another one.",
  "The music at that place was too loud for me.",
  "Do you remember the film we talked about?",
  "I cleaned the kitchen and then slept for hours.",
];

/**
 * So many messages, and at most so many questions about some of them.
 * @param seed the same for the same conversation
 */
export function conversation(seed: number, messages: number, questions: number): { said: Said[]; asked: Question[] } {
  const next = random(seed);
  const pick = <T>(of: readonly T[]): T => {
    const one = of[Math.floor(next() * of.length)];
    if (one === undefined) throw new Error("nothing to pick from");
    return one;
  };
  const said: Said[] = [];
  const facts: { question: string; at: number }[] = [];
  let time = Date.UTC(2022, 0, 1, 9);
  let speaker = 0;
  const say = (content: string) => {
    const name = SPEAKERS[speaker % 2] ?? SPEAKERS[0];
    said.push({ role: speaker % 2 ? "assistant" : "user", name, content, createdAt: time });
    speaker += 1;
    time += 60_000;
    return name;
  };
  // A fact every ten messages or so, and a sitting every twenty.
  while (said.length < messages) {
    if (said.length % 20 === 0) time += (4 + Math.floor(next() * 60)) * HOUR;
    if (next() > 0.12) {
      say(pick(TALK));
      continue;
    }
    const fact = pick(FACTS);
    const values = new Map(Object.entries(SLOTS).map(([slot, of]) => [slot, pick(of)]));
    const filled = (text: string) => text.replace(/\{(\w+)\}/g, (_, slot: string) => values.get(slot) ?? "");
    if (fact.opening) say(fact.opening);
    const at = said.length;
    values.set("me", say(filled(fact.told)));
    facts.push({ question: filled(pick(fact.asked)), at });
  }
  // Where the same was said more than once, all of it is evidence.
  const lines = said.map(({ name, content }) => `${name}: ${content}`);
  const places = Map.groupBy(lines.keys(), (at) => lines[at]);
  const asked = facts.map(({ question, at }): Question => ({ question, evidence: places.get(lines[at]) ?? [] }));
  const share = Math.min(1, questions / asked.length);
  // Spread over all of it.
  return { said, asked: asked.filter((_, at) => Math.floor((at + 1) * share) > Math.floor(at * share)) };
}
