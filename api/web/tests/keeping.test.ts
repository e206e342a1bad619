// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from "vitest";

import { clear, load, save } from "../src/page/keeping.ts";
import { complete, personOf, wrongWith } from "../src/page/people.tsx";

beforeEach(() => localStorage.clear());

describe("a kept draft", () => {
  it("comes back until it is cleared", () => {
    expect(load()).toBeNull();
    expect(save({ text: "Text", recordType: "visit", people: [], dismissals: [] })).toBe(true);
    expect(load()?.text).toBe("Text");
    clear();
    expect(localStorage).toHaveLength(0);
  });

  it("that cannot be read is none", () => {
    localStorage.setItem("nlp-quality.draft", "{");
    expect(load()).toBeNull();
  });

  it("says where it could not be kept", () => {
    const full = { setItem: () => { throw new DOMException("full", "QuotaExceededError"); } } as unknown as Storage;
    expect(save({ text: "", recordType: "visit", people: [], dismissals: [] }, full)).toBe(false);
  });
});

describe("people", () => {
  const row = (name: string, age: string) => ({ row: 1, name, role: "child", age });
  it("are sent when complete", () => {
    expect(complete([row("", ""), row("Mia", "0,5"), row("", "6"), row("Bo", "six")]).map(personOf)).toEqual([
      { name: "Mia", role: "child", age: 0.5 },
    ]);
    expect(wrongWith(row("", "6"))?.part).toBe("name");
    expect(wrongWith(row("Bo", "six"))?.part).toBe("age");
    expect(wrongWith(row("", ""))).toBeNull();
  });
});
