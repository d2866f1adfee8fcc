import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bzImage, ENTRY_AT } from "../crash/images.ts";

// These run the built command as a user does; `npm test` builds it first.
const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const STOP = ["--at", "kcs:io:0xca2", "--watchdog", "stop", "--tsc", "2100"];

let folder = "";
let vmlinuz = "";
let out = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "crash-"));
  vmlinuz = join(folder, "vmlinuz");
  out = join(folder, "vmlinuz.ipmi");
  writeFileSync(vmlinuz, bzImage());
});
afterEach(() => rmSync(folder, { recursive: true }));

function build(...args: readonly string[]) {
  const all = [MAIN, "crash", "build", ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: "utf8" });
  return { status, stdout, stderr };
}

describe("crash build", () => {
  test("wraps the kernel, and says what it did and how it is loaded", () => {
    const { status, stdout, stderr } = build(vmlinuz, "-o", out, ...STOP, "--sel", "OS stop");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(readFileSync(out).at(ENTRY_AT)).toBe(0xe9);
    expect(stdout).toContain("Set Watchdog Timer (18 24 04 00 00 00 fa ff), again until");
    expect(stdout.match(/Add SEL Entry \(.*\), at most once/g)).toHaveLength(2);
    expect(stdout).toContain("2000 ms for all of them, at 2100 MHz as it was said");
    expect(stdout).toContain(`kexec -s -p ${out}`);
    expect(stdout).toContain(`KDUMP_KERNEL=${out}`);
    expect(stdout).not.toContain("signature");
  });

  test("measures the counter of this machine when nothing is said of it", () => {
    const { status, stdout } = build(vmlinuz, "-o", out, ...STOP.slice(0, 4));
    expect(stdout).toMatch(/2000 ms for all of them, at \d{3,5} MHz as measured here/);
    expect(status).toBe(0);
  });

  test("arms the watchdog for the next kernel, and sends what else it is told", () => {
    const more = ["--watchdog", "300s:power-cycle", "--raw", "18 01", "--raw", "0018"];
    const { stdout } = build(
      vmlinuz,
      "-o",
      out,
      "--at",
      "kcs:mem:0xfeb00000/4:32",
      "--tsc",
      "2100",
      ...more,
    );
    expect(stdout).toMatch(/an executor of 5\d{4} bytes for kcs:mem:0xfeb00000\/4:32/);
    expect(stdout).toContain("Set Watchdog Timer (18 24 04 03 00 00 b8 0b)");
    expect(stdout).toContain("Reset Watchdog Timer (18 22)");
    expect(stdout).toContain("Get Device ID (18 01), again");
  });

  test("says that a signature is gone", () => {
    writeFileSync(vmlinuz, bzImage({ signature: new Uint8Array(1_472) }));
    expect(build(vmlinuz, "-o", out, ...STOP).stdout).toContain(
      "its signature of 1472 bytes is gone",
    );
  });

  test("replaces no file unless it is told to, and never the kernel", () => {
    writeFileSync(out, "mine");
    expect(build(vmlinuz, "-o", out, ...STOP)).toMatchObject({ status: 2 });
    expect(readFileSync(out, "utf8")).toBe("mine");
    expect(build(vmlinuz, "-o", out, ...STOP, "--force").status).toBe(0);
    const own = build(vmlinuz, "-o", vmlinuz, ...STOP, "--force");
    expect(own.stderr).toContain("that is the kernel itself");
    expect(own.status).toBe(2);
    expect([...readFileSync(vmlinuz)]).toEqual([...bzImage()]);
  });
});

// Goal: whatever is wrong is one clear line and the right status, and nothing is left behind.
describe("crash build refuses", () => {
  test.each<readonly [string, readonly string[], number, string]>([
    ["nothing to say", ["--at", "kcs:io:0xca2", "--tsc", "2100"], 2, "--watchdog, --sel or --raw"],
    ["a place that is none", ["--at", "kcs:io"], 2, "kcs:io:ADDRESS"],
    [
      "an interface that it does not speak",
      ["--at", "ssif:i2c-1:0x10"],
      2,
      "SSIF behind a controller",
    ],
    [
      "registers between two words",
      ["--at", "kcs:mem:0xfeb00002/4:32", "--tsc", "2100"],
      2,
      "--at kcs:mem:0xfeb00002/4:32: registers of 32 bits lie at multiples of 4 bytes",
    ],
    ["an address that none is", ["--at", "kcs:mem:0x10000000000000"], 2, "an address has 52 bits"],
    [
      "a command that SSIF has no block for",
      ["--at", "ssif:i801:0x700:0x10", "--tsc", "2100", "--raw", "28 12".padEnd(98, " 00")],
      2,
      "on ssif 32 are the most",
    ],
    ["an order of no watchdog", ["--watchdog", "later"], 2, "300s:reset"],
    ["a time that no timer counts", ["--watchdog", "7000s:reset"], 2, "6553s"],
    ["a budget without an end", ["--budget", "1h"], 2, "--budget 1h"],
    ["a counter of no processor", ["--tsc", "7"], 2, "--tsc 7"],
    ["text that no log takes", ["--sel", "\u{e9}"], 2, "printable ASCII"],
    ["half a command", ["--raw", "18"], 2, "--raw 18"],
    ["more text than there is room for", ["--sel", "x".repeat(400)], 2, "room for"],
  ])("%s", (_name, args, status, why) => {
    const ordinary = ["--at", "kcs:io:0xca2", "--tsc", "2100"];
    const words = args[0] === "--at" ? args : [...ordinary, ...args];
    const watchdog = words.includes("--watchdog") || _name === "nothing to say";
    const all = watchdog ? words : [...words, "--watchdog", "stop"];
    const { stderr, ...rest } = build(vmlinuz, "-o", out, ...all);
    expect(stderr).toContain(why);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(rest).toEqual({ status, stdout: "" });
    expect(readdirSync(folder)).toEqual(["vmlinuz"]);
  });

  test("a kernel that is not there, and one that is none", () => {
    expect(build(join(folder, "none"), "-o", out, ...STOP)).toMatchObject({ status: 2 });
    writeFileSync(vmlinuz, "no kernel");
    const { status, stderr } = build(vmlinuz, "-o", out, ...STOP);
    expect(stderr).toBe(`baseboard: ${vmlinuz} is no bzImage: it is too short for one\n`);
    expect(status).toBe(2);
  });

  test("a PCI function that is not there", () => {
    const at = ["--at", "kcs:pci:ffff:ff:1f.7", ...STOP.slice(2)];
    const { status, stderr } = build(vmlinuz, "-o", out, ...at);
    expect(stderr).toMatch(/^baseboard: ffff:ff:1f.7: there is no such PCI function; .*\n$/);
    expect(status).toBe(3);
    expect(readdirSync(folder)).toEqual(["vmlinuz"]);
  });

  test("one that it has wrapped", () => {
    build(vmlinuz, "-o", out, ...STOP);
    const { status, stderr } = build(out, "-o", join(folder, "again"), ...STOP);
    expect(stderr).toContain("is wrapped already");
    expect(status).toBe(2);
  });

  test("a place where nothing can be written", () => {
    expect(build(vmlinuz, "-o", join(folder, "none", "x"), ...STOP).status).toBe(2);
    expect(readdirSync(folder)).toEqual(["vmlinuz"]);
  });

  test("without a kernel there is an ending, and the BMC is told of it last", () => {
    const alone = ["--no-kernel", "-o", out, ...STOP.slice(0, 2), "--tsc", "2100", "--sel", "stop"];
    const { status, stdout, stderr } = build(...alone, "--then", "power-cycle");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/no kernel, \d{4} bytes/);
    expect(stdout).toMatch(/Add SEL Entry .*\n.*\n {2}Chassis Control \(00 02 02\), at most once/);
    expect(stdout).toContain("No dump is saved");
    const again = build(out, "-o", join(folder, "again"), ...STOP);
    expect(again.stderr).toContain("has no kernel in it");
  });

  test.each([
    ["an ending without --no-kernel", ["vmlinuz", "--then", "reset"], "--then"],
    ["a kernel with --no-kernel", ["vmlinuz", "--no-kernel", "--then", "reset"], "there is none"],
    ["no ending", ["--no-kernel"], "--then is missing: reset, power-off, power-cycle are right"],
    ["an ending that is none", ["--no-kernel", "--then", "sleep"], "--then sleep"],
    ["nothing at all", [], "a kernel is missing"],
  ])("%s", (_name, args, why) => {
    const words = args.map((each) => (each === "vmlinuz" ? vmlinuz : each));
    const { status, stdout, stderr } = build(...words, "-o", out, ...STOP);
    expect(stderr).toContain(why);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(readdirSync(folder)).toEqual(["vmlinuz"]);
  });
});
