// The conversation of the picture: notes of a beekeeper over ten months, and the prepared answers of a model to the
// questions that the picture shows.
const DAY_MS = 86_400_000;
const HIVES = ["blue", "yellow", "green"];
const NOTES = [
  [
    "I looked into the {hive} hive: {n} frames of brood, and the bees are calm.",
    "Good. {n} frames are normal for the season.",
  ],
  [
    "The {hive} hive weighs {n} kilos more than last week.",
    "That is nectar. Give it another super if the last one is two thirds full.",
  ],
  [
    "I found {n} varroa mites on the board of the {hive} hive.",
    "Watch it. Count again in a week, at the same time of day.",
  ],
  ["It rained, so I only cleaned frames today, {n} of them.", "Useful. Let them dry before you stack them."],
  ["Rita from the club came by and took {n} jars of honey.", "Nice. Shall I keep a list of the jars?"],
  [
    "I moved the {hive} hive {n} metres, to the shade of the lime tree.",
    "Move it in small steps, so that the foragers find it.",
  ],
];
/** The message that the question is about, and a later one. */
const QUEEN =
  "The queen of the blue hive is called Figaro. I marked her with a white dot this morning, she is two years old.";
const LAYING = "Figaro lays well: brood on seven frames of the blue hive, edge to edge.";

/** Returns the notes with their times, oldest first. */
export function history(count) {
  return Array.from({ length: count }, (_, at) => {
    const [said, replied] = NOTES[(at * 5 + Math.floor(at / 6)) % NOTES.length];
    const fill = (text) =>
      text.replaceAll("{hive}", HIVES[(at * 7) % 3]).replaceAll("{n}", String(3 + ((at * 11) % 9)));
    const time = Date.UTC(2026, 0, 10, 17) + at * ((300 * DAY_MS) / count);
    const note = at === 40 ? QUEEN : at === 75 ? LAYING : fill(said);
    const reply =
      at === 40
        ? "Noted: Figaro, blue hive, white dot, from 2024."
        : at === 75
          ? "A strong queen for her age."
          : fill(replied);
    return [
      { role: "user", content: note, createdAt: new Date(time).toISOString() },
      { role: "assistant", content: reply, createdAt: new Date(time + 20_000).toISOString() },
    ];
  }).flat();
}

export const FIRST = "The blue hive is quiet this week. What should I check before winter?";
export const QUESTION = "How old is the queen of the blue hive now, and how did she lay this year?";

const ANSWERS = new Map([
  [
    FIRST,
    "Three things, in this order:\n\n1. **Weight.** It needs about 15 kg of stores.\n2. **Mites.** Count them over three days; more than one a day means a treatment.\n3. **The entrance.** Fit the mouse guard before the first frost.",
  ],
  [
    QUESTION,
    "Figaro is **almost three years old**. You marked her with a white dot in March, when she was two.\n\nShe had a good year: in May you wrote that she had brood on seven frames, *edge to edge*. At her age, plan a new queen for next summer.",
  ],
]);

/** Returns the prepared answer to a question; the question may follow a date in brackets. */
export const answerTo = (question) =>
  [...ANSWERS].find(([asked]) => question.includes(asked))?.[1] ?? "Noted. I will remember that.";
