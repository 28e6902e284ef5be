import { expect, it } from "vitest";
import { asksToContinue } from "../../src/do/user/continuation";

it.each([
  "Let's continue where we left off.",
  "Can we keep going?",
  "What were we chatting about last time?",
  "Where did we stop talking?",
  "Lass uns da weitermachen, wo wir aufgehört haben.",
  "Wo sind wir stehengeblieben?",
  "Wo waren wir stehen geblieben?",
  "Worüber haben wir damals geredet?",
  "¿Dónde lo dejamos la última vez?",
  "Sigamos con el tema.",
  "Where were we?",
  "¿Dónde estábamos?",
])("takes a question without content of its own for one about the last conversation: %s", (question) => {
  expect(asksToContinue(question)).toBe(true);
});

it.each([
  "Where does my daughter work?",
  "How is the weather?",
  "Which machine?",
  "Update the goals.",
  "Is gold worth more?",
  "Wie heißt meine Oma in Dortmund?",
  "Wo ist mein Malkasten?",
  "¿Dónde hay lobos?",
  "?",
  "How are you?",
  "Why?",
  "What time is it?",
  "Charlotte",
  "Is it a conversion?",
])("takes a question with words of its own for another one: %s", (question) => {
  expect(asksToContinue(question)).toBe(false);
});
