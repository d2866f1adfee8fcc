import { expect, test } from "vitest";
import type { GuestProgram } from "../../../../src/guest/program.ts";
import { modulePath } from "../../../../src/seats/linux/index.ts";
import { parametersFor, withParameters } from "../../../../src/seats/linux/match/parameters.ts";

const insert = (name: string, parameters: string) =>
  ({ step: "insert-module", path: modulePath(name), parameters }) as const;

const program: GuestProgram = {
  tickUs: 1_000,
  setup: [insert("ipmi_msghandler", ""), insert("ipmi_si", "")],
  setupLimitUs: 1_000_000,
  actors: [
    {
      name: "dog",
      steps: [{ step: "repeat", times: 2, steps: [insert("ipmi_watchdog", "timeout=5")] }],
    },
  ],
  untilUs: 2_000_000,
  atEnd: "pause",
};

const busy = { module: "ipmi_si", name: "kipmid_max_busy_us", value: "100" };
const timeout = { module: "ipmi_watchdog", name: "timeout", value: "9" };

test("a parameter is given wherever its module is inserted, and after what the match sets", () => {
  const changed = withParameters(program, [busy, timeout]);
  expect(changed.setup).toEqual([
    insert("ipmi_msghandler", ""),
    insert("ipmi_si", "kipmid_max_busy_us=100"),
  ]);
  expect(changed.actors[0]?.steps).toEqual([
    { step: "repeat", times: 2, steps: [insert("ipmi_watchdog", "timeout=5 timeout=9")] },
  ]);
});

test("without parameters the program is as it was", () => {
  expect(withParameters(program, [])).toEqual(program);
});

test("a parameter that nothing would take is refused", () => {
  const other = { module: "ipmi_ssif", name: "dbg", value: "1" };
  expect(() => withParameters(program, [busy, other])).toThrow(/ipmi_ssif\.dbg=1 would do nothing/);
});

test("a parameter of a driver that is built in is the kernel's, whatever the match loads", () => {
  const { ofModules, ofKernel } = parametersFor(["ipmi_si", "ipmi_ssif"], [busy, timeout]);
  expect(ofModules).toEqual([timeout]);
  expect(ofKernel).toEqual(["ipmi_si.kipmid_max_busy_us=100"]);
});
