import { expect, test } from "vitest";
import { kernelLine } from "../../../src/evidence/formats/kernel-log.ts";

const MESSAGE = "ipmi_si 0000:00:02.0: KCS in invalid state 7";

// Goal: whatever tool wrote the log down, the kernel's own text comes out. Method: one message as each of
// them writes it.
test.each([
  ["dmesg", `[   12.345678] ${MESSAGE}`, 12_345_678],
  ["dmesg without times", MESSAGE, undefined],
  ["dmesg of a kernel that names the caller", `[   12.345678][  T123] ${MESSAGE}`, 12_345_678],
  ["dmesg -T", `[Sun Nov 29 14:03:01 2026] ${MESSAGE}`, undefined],
  ["dmesg -T in another language", `[So. 29 nov. 2026 14:03:01] ${MESSAGE}`, undefined],
  ["dmesg -x", `kern  :warn  : [   12.345678] ${MESSAGE}`, 12_345_678],
  ["dmesg -r", `<4>[   12.345678] ${MESSAGE}`, 12_345_678],
  ["dmesg with ISO times", `2026-11-29T14:03:01,123456+00:00 ${MESSAGE}`, undefined],
  ["journalctl", `Nov 29 14:03:01 rack7 kernel: ${MESSAGE}`, undefined],
  ["journalctl in another language", `11月 29 14:03:01 rack7 kernel: ${MESSAGE}`, undefined],
  ["journalctl, monotonic", `[   12.345678] rack7 kernel: ${MESSAGE}`, 12_345_678],
  ["syslog", `Nov 29 14:03:01 rack7 kernel: [   12.345678] ${MESSAGE}`, 12_345_678],
  [
    "rsyslog",
    `2026-11-29T14:03:01.123456+00:00 rack7 kernel: [   12.345678] ${MESSAGE}`,
    12_345_678,
  ],
  ["/dev/kmsg", `4,339,12345678,-;${MESSAGE}`, 12_345_678],
  ["netconsole's long form", `4,339,12345678,-,caller=T1;${MESSAGE}`, 12_345_678],
  ["a serial console", `\u001b[0m[   12.345678] ${MESSAGE}\r`, 12_345_678],
  ["a console server", `[2026-11-29 14:03:01] [   12.345678] ${MESSAGE}`, 12_345_678],
  ["a mail", `> > [   12.345678] ${MESSAGE}`, 12_345_678],
])("%s", (_, line, atUs) => {
  expect(kernelLine(line)).toEqual({ atUs, text: MESSAGE });
});

test("what another program said is none of the kernel's", () => {
  expect(kernelLine("Nov 29 14:03:01 rack7 ipmievd[812]: BMC returned an error")).toBeUndefined();
  expect(kernelLine("2026-11-29T14:03:01+00:00 rack7 systemd[1]: Started x.")).toBeUndefined();
});

test("a line without anything, or of junk alone, is none", () => {
  for (const line of ["", "   ", "[   12.345678] ", "\u0000\u0001\u001b[2K\r", "> "]) {
    expect(kernelLine(line)).toBeUndefined();
  }
});

test("a line that never ends is cut", () => {
  expect(kernelLine("x".repeat(1_000_000))?.text.length).toBeLessThanOrEqual(1_000);
});
