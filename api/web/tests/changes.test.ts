import { describe, expect, it } from "vitest";

import { changesBetween } from "../src/page/changes.ts";
import type { SeenChild } from "../src/shared/scorecard.ts";
import { card, evidence } from "./cards.ts";

const seen = (child: string, status: string): SeenChild => ({
  child, id: null, status, companions: [], reason: null, refer: false,
});

describe("two drafts", () => {
  it("tell what the second gained and lost", () => {
    const [old, now] = ["I saw Mia. She said it was loud.", "She said it  was loud. I think it scares her."];
    const before = card({
      child_voice: { level: 2, evidence: [evidence(old, "She said it was loud.", "child_view")] },
      seen_alone: { level: 1, evidence: [evidence(old, "I saw Mia.", "seen_unclear")], children: [seen("Mia", "seen_unclear")] },
    });
    const after = card({
      child_voice: { level: 2, evidence: [evidence(now, "She said it  was loud.", "child_view")] },
      seen_alone: { level: 0, children: [seen("Mia", "not_stated"), seen("Bram", "not_stated")] },
      analysis: { level: null, evidence: [evidence(now, "I think it scares her.", "analysis")] },
    });
    const changes = changesBetween(before, after);
    expect(changes.gained).toEqual([{ dimension: "analysis", label: "analysis", text: "I think it scares her." }]);
    expect(changes.lost).toEqual([{ dimension: "seen_alone", label: "seen_unclear", text: "I saw Mia." }]);
    expect(changes.levels.map(({ before: a, after: b }) => [a, b])).toEqual([[2, 2], [1, 0], [1, null], [1, 1]]);
    expect(changes.children).toEqual([
      { name: "Mia", before: ["Seen; the record does not say whether alone"], after: ["The record does not say whether they were seen"], only: null },
      { name: "Bram", before: [], after: ["The record does not say whether they were seen"], only: "after" },
    ]);
  });
});
