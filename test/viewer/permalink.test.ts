import fc from "fast-check";
import { expect, test } from "vitest";
import { FIRST_VIEW, hashOf, TABS, type View, viewOf } from "../../viewer/permalink.ts";
import { PARTIES } from "../../viewer/trace/columns.ts";

const time = fc.nat(1_000_000_000);
const anyView: fc.Arbitrary<View> = fc.record({
  tab: fc.constantFrom(...TABS),
  at: fc.option(fc.nat(), { nil: undefined }),
  filter: fc.record({
    text: fc.string({ unit: fc.constantFrom("a", "&", "=", "+", "%", "#", " ", "ä", "漢", "😀") }),
    party: fc.constantFrom("" as const, ...PARTIES),
    rule: fc.string(),
    fault: fc.string(),
    maker: fc.string(),
  }),
  span: fc.option(
    fc
      .tuple(time, fc.integer({ min: 1, max: 1_000_000 }))
      .map(([from, width]) => [from, from + width] as const),
    { nil: undefined },
  ),
});

test("a link keeps the whole view", () => {
  fc.assert(
    fc.property(anyView, (view) => {
      expect(viewOf(`#${hashOf(view)}`)).toEqual(view);
    }),
  );
  expect(hashOf(FIRST_VIEW)).toBe("");
});

test("whatever a stranger's link says, a view comes of it", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) }),
      (hash) => {
        const view = viewOf(hash);
        expect(TABS).toContain(view.tab);
      },
    ),
  );
  const odd = viewOf("#show=nothing&at=-3&us=9-2&party=me&text=<b>");
  expect(odd).toEqual({ ...FIRST_VIEW, filter: { ...FIRST_VIEW.filter, text: "<b>" } });
});
