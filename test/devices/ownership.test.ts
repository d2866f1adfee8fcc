import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkFree } from "../../src/devices/ownership.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "baseboard-ownership-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function machine(ioports: string, iomem = "00001000-0009ffff : System RAM\n"): void {
  put("proc/ioports", ioports);
  put("proc/iomem", iomem);
}

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function check(
  base: number,
  { at = "io", force = false }: { at?: "io" | "mem"; force?: boolean } = {},
) {
  checkFree("it", { at, base, length: 2 }, { root, force });
}

test("what firmware names, or nobody, is free", () => {
  machine(
    "0000-0cf7 : PCI Bus 0000:00\n  0ca2-0ca3 : IPI0001:00\n0d00-ffff : PCI Bus 0000:00\n  c000-c03f : 0000:00:02.0\n",
  );
  check(0xca2);
  check(0xc000);
  check(0xe4);
  // As platform devices have them that a driver may take.
  machine("00e4-00e4 : IPMI Address 1\n00e5-00e5 : IPMI Address 2\n");
  check(0xe4);
});

test("another driver's registers are refused, unless that is overridden", () => {
  machine("0070-0077 : rtc0\n");
  expect(() => check(0x70)).toThrow("/proc/ioports says that rtc0 has the registers");
  check(0x70, { force: true });
});

// Goal: nobody drives a BMC that the kernel drives, whatever he says.
test("a live ipmi_si is refused, however it is known", () => {
  machine("0ca2-0ca3 : IPI0001:00\n  0ca2-0ca2 : ipmi_si\n");
  for (const force of [false, true]) {
    expect(() => check(0xca2, { force })).toThrow("ipmi_si has the registers");
  }
  // The class alone says so, where the regions do not.
  machine("0ca2-0ca3 : IPI0001:00\n");
  put("sys/class/ipmi/ipmi0/device/params", "kcs,i/o,0xca2,rsp=1,rsi=1,rsh=0,irq=0,ipmb=32\n");
  symlinkSync(
    "/sys/bus/platform/drivers/ipmi_si",
    join(root, "sys/class/ipmi/ipmi0/device/driver"),
  );
  expect(() => check(0xca2, { force: true })).toThrow("ipmi_si (/dev/ipmi0) has the registers");
  check(0xe4);
  // Of one that does not tell where it is any place may be it.
  rmSync(join(root, "sys/class/ipmi/ipmi0/device/params"));
  expect(() => check(0xe4, { force: true })).toThrow("ipmi_si (/dev/ipmi0) has the registers");
});

test("the machine's memory is never registers", () => {
  machine("");
  put("proc/ioports", "0070-0077 : rtc0\n");
  expect(() => check(0x2000, { at: "mem", force: true })).toThrow("that is the machine's memory");
});

test("who may not see the addresses is refused", () => {
  machine("0000-0000 : rtc0\n", "00000000-00000000 : System RAM\n");
  expect(() => check(0xca2)).toThrow(
    "does not show who has the registers; run it as root".split(";")[0],
  );
});
