/**
 * Runs in a guest with three BMCs on KCS: checks two of them by the kernel's devices, and, once the kernel's driver
 * is taken off, on their registers. Prints `= NAME JSON` of each. Its argument is JSON: `right` and `poor`, the slots
 * of those two, and `clock`.
 */
import { readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { ran, tell, ticks } from "./telling.mjs";

const { right, poor, clock } = JSON.parse(process.argv[2]);
const CLASS = "/sys/class/ipmi";

const ticking = ticks(clock, 5);
await checked("right by the kernel", deviceOf(right));
await checked("poor by the kernel", deviceOf(poor), "--case", "app");
await checked("taken", `kcs:pci:${right}`);
await checked("power", deviceOf(right), "--allow", "write,power");
for (const slot of [right, poor]) writeFileSync("/sys/bus/pci/drivers/ipmi_si/unbind", slot);
await checked("right by us", `kcs:pci:${right}`);
await checked("poor by us", `kcs:pci:${poor}`, "--case", "app");
await tell("interrupted", () =>
  interrupted(700, "check", `kcs:pci:${right}`, "--trace", "/tmp/x", "--json"),
);
await tell("raw interrupted", () =>
  interrupted(20, "raw", `kcs:pci:${poor}`, "06", "01", "--trace", "/tmp/x"),
);
await tell("files of the interrupted", () =>
  readdirSync("/tmp").filter((name) => name.startsWith("x")),
);
await tell("raw afterwards", () => ran("raw", `kcs:pci:${right}`, "06", "01"));
await tell("raw after raw", () => ran("raw", `kcs:pci:${poor}`, "06", "01"));
clearInterval(ticking);

/** Of a whole check: what is not right, and in how many cases. */
async function checked(name, ...words) {
  await tell(name, async () => {
    const { exit, line, out } = await ran("check", ...words, "--json");
    if (out === "") return { exit, line };
    const {
      cases,
      left,
      counts,
      target,
      claims: _claims,
      format: _format,
      ...rest
    } = JSON.parse(out);
    const found = cases.filter(({ grade }) => grade !== "conforms");
    return {
      ...{ exit, line, target, counts, ...rest },
      left: left.map(({ id, why }) => `${id}: ${why}`),
      found: found.map(({ id, grade, remarks, command }) => {
        return {
          id,
          grade,
          command,
          remarks: remarks.map(({ rule = "", text }) => `${rule} ${text}`),
        };
      }),
    };
  });
}

/** Ctrl-C, as a terminal sends it to the process: of a check when some of its cases are done. */
async function interrupted(afterMs, ...words) {
  const timer = setTimeout(() => process.kill(process.pid, "SIGINT"), afterMs);
  const end = await ran(...words);
  clearTimeout(timer);
  return end;
}

function deviceOf(slot) {
  const name = readdirSync(CLASS).find((each) =>
    readlinkSync(`${CLASS}/${each}/device`).endsWith(slot),
  );
  return `/dev/${name}`;
}
