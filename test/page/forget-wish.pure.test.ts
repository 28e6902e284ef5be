import { describe, expect, it } from "vitest";
import { forgetWishOf } from "../../src/page/forget-wish";

describe("a wish to forget", () => {
  it.each([
    ["Forget my address.", "my address."],
    ["Please forget my address.", "my address."],
    ["Could you please forget my address?", "my address?"],
    ["Please, could you forget my address?", "my address?"],
    ["“Forget my address”", "my address”"],
    ["  \n- Forget: the cellar", ": the cellar"],
    ["Bitte vergiss meine Adresse.", "meine Adresse."],
    ["Vergessen Sie bitte meine Adresse.", "bitte meine Adresse."],
    ["S'il vous plaît, oubliez mon adresse.", "mon adresse."],
    ["Por favor, olvida mi dirección.", "mi dirección."],
    ["Per favore dimentica il mio indirizzo.", "il mio indirizzo."],
    ["Forget адрес", "адрес"],
  ])("%j names what to look for", (message, named) => {
    expect(forgetWishOf(message)).toBe(named);
  });

  it.each([
    "Forget that.",
    "Please forget it!",
    "Forget what I just told you, please.",
    "forget",
    "Vergiss es",
    "Vergiss das bitte",
    "Oublie ça",
    "Oublie ça".normalize("NFD"),
    "Oublie-le, s'il te plaît.",
    "Olvídalo",
    "Olvida eso, por favor",
    "Esqueça isso",
    "Dimentica questo",
    "Dimenticalo.",
  ])("%j names nothing, and so means the last exchange", (message) => {
    expect(forgetWishOf(message)).toBe("");
  });

  it.each([
    "",
    "Don't forget that I keep bees.",
    "Forget-me-nots bloom in May.",
    "Forgetting is human.",
    "Forgetfulness",
    "Vergissmeinnicht sind blau.",
    "I forget names.",
    "Dimenticare è umano.",
    "Забудь мой адрес.",
    "я forget",
  ])("%j is none", (message) => {
    expect(forgetWishOf(message)).toBeNull();
  });

  it.each(["я", " ", "!", "please ", "could you please ", "Please!", "s'il "])(
    "a message that repeats %j without end is read in time",
    (piece) => {
      expect(forgetWishOf(piece.repeat(200_000))).toBeNull();
    },
  );
});
