import { describe, expect, it } from "vitest";
import { JurisdictionError, type Namespace, objectOf } from "../../src/object-of";

/** A namespace whose objects say how they were looked up. */
const namespace = (jurisdiction?: string): Namespace<object> => ({
  getByName: (name, options) => ({ name, options, jurisdiction }),
  jurisdiction: namespace,
});

describe("objects", () => {
  it("are looked up by name alone without settings", () => {
    const plain = { name: "a", options: {}, jurisdiction: undefined };
    expect(objectOf(namespace(), "a", {})).toEqual(plain);
    expect(objectOf(namespace(), "a", { JURISDICTION: "", LOCATION_HINT: "" })).toEqual(plain);
  });

  it("live in the configured jurisdiction, and near the configured region", () => {
    expect(objectOf(namespace(), "a", { JURISDICTION: "eu", LOCATION_HINT: "weur" })).toEqual({
      name: "a",
      options: { locationHint: "weur" },
      jurisdiction: "eu",
    });
  });

  it("fail with an error that names the setting where the runtime has no jurisdictions", () => {
    const local = {
      ...namespace(),
      jurisdiction: () => {
        throw new Error("not implemented");
      },
    };
    expect(() => objectOf(local, "a", { JURISDICTION: "eu" })).toThrow(JurisdictionError);
    expect(() => objectOf(local, "a", { JURISDICTION: "eu" })).toThrow("JURISDICTION");
  });
});
