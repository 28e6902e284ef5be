import { describe, expect, it } from "vitest";
import { mergeNearest, NEAREST, type Near } from "../../../src/do/memory/meaning-evidence";

const seqs = (nearest: Near[] | undefined) => nearest?.map(({ seq }) => seq);

describe("the nearest messages of a session and its user", () => {
  const own = [
    { seq: 7, cosine: 0.9 },
    { seq: 3, cosine: 0.5 },
    { seq: 8, cosine: 0.1 },
  ];

  it("are those of the one that has vectors", () => {
    expect(mergeNearest(undefined, undefined)).toBeUndefined();
    expect(mergeNearest(own, undefined)).toBe(own);
    expect(mergeNearest(undefined, own)).toBe(own);
  });

  it("are each named once, in the order of their cosines", () => {
    const all = [
      { seq: 0, cosine: 0.7 },
      { seq: 3, cosine: 0.5 },
      { seq: 0, cosine: 0.2 },
    ];
    expect(seqs(mergeNearest(all, own))).toEqual([7, 0, 3, 0, 8]);
  });

  it("contain no own message that may only be missing because the list of all is cut off", () => {
    const all = Array.from({ length: NEAREST }, (_, at) => ({ seq: 0, cosine: at < 2 ? 0.6 - at / 10 : -1 }));
    const merged = seqs(mergeNearest(all, [...own, { seq: 9, cosine: -1 }]));
    expect(merged).toHaveLength(NEAREST);
    expect(merged?.filter((seq) => seq > 0)).toEqual([7, 3]);
  });
});
