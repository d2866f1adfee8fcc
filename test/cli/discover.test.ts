import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  acpiTable,
  byte,
  device,
  EISA_ID,
  method,
  named,
  spmi,
} from "../host/discovery/acpi-tables.ts";
import { entryPoint, record38, structures } from "../host/discovery/tables.ts";

// These run the built command as a user does; `npm test` builds it first.
const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const DMI = "sys/firmware/dmi/tables/DMI";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "discover-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function discover(...args: readonly string[]) {
  const all = [MAIN, "discover", "--from", folder, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: "utf8" });
  return { status, stdout, stderr };
}

function put(path: string, content: Uint8Array | string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

function declared(): Uint8Array {
  const inner = [named("_HID", EISA_ID), named("_IFT", byte(1)), method("_CRS", [0xa4, 0x60])];
  return acpiTable("DSDT", device("MI0_", ...inner));
}

function putRecord(record: Uint8Array): void {
  const table = structures(record);
  put(DMI, table);
  put("sys/firmware/dmi/tables/smbios_entry_point", entryPoint("_SM3_", table));
}

describe("discover", () => {
  test("says where the interface of a dump is, by which record", () => {
    putRecord(record38({ base: 0xca9n, modifier: 0x48, interrupt: 10 }));
    const { status, stdout, stderr } = discover();
    expect(stdout).toMatch(
      /^kcs:io:0xca8\/4 {2}by SMBIOS record 38, handle 0x26 \(IPMI 2\.0, interrupt 10\)$/m,
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("says it to a program", () => {
    putRecord(record38());
    const { status, stdout } = discover("--json");
    expect(JSON.parse(stdout)).toMatchObject({
      interfaces: [{ interface: "kcs:io:0xca2", source: "smbios", chosen: true, usable: true }],
      looked: ["SMBIOS 3.5"],
      unread: [],
    });
    expect(status).toBe(0);
  });

  test("says of one interface what is said of it, and that another is not described", () => {
    putRecord(record38());
    expect(discover("kcs:io:0xca2").status).toBe(0);
    const { status, stdout } = discover("bt:io:0xe4");
    expect(stdout).toBe("no bt:io:0xe4 is described; looked at: SMBIOS 3.5\n");
    expect(status).toBe(3);
  });

  test("finds nothing in one clear line", () => {
    const { status, stdout, stderr } = discover();
    expect(stdout).toMatch(
      /^no interface that can be used is described; looked at: nothing; .+\n$/,
    );
    expect({ status, stderr }).toEqual({ status: 3, stderr: "" });
  });

  test("tells why a record is of no use", () => {
    putRecord(record38({ base: 0n }));
    const { status, stdout } = discover();
    expect(stdout).toMatch(/why: its base is 0: no interface is described/);
    expect(status).toBe(3);
  });

  // Goal: each file that a kernel shows is found at its path. Method: a machine that says it everywhere.
  test("reads all sources, and says who has the registers", () => {
    putRecord(record38());
    put("sys/firmware/acpi/tables/SPMI", spmi(1, 1, 0xca2));
    put("sys/firmware/acpi/tables/DSDT", declared());
    put("sys/bus/acpi/devices/IPI0001:00/path", "\\_SB_.MI0_\n");
    put("proc/ioports", "0ca2-0ca3 : IPI0001:00\n  0ca2-0ca2 : ipmi_si\n  0ca3-0ca3 : ipmi_si\n");
    put("sys/bus/pci/devices/0000:00:02.0/class", "0x0c0701\n");
    put("sys/bus/pci/devices/0000:00:02.0/resource", "0xc010 0xc017 0x101\n");
    put("sys/bus/pci/devices/0000:00:1f.0/class", "0x060100\n");
    put(
      "sys/devices/platform/IPI0001:00/params",
      "kcs,i/o,0xca2,rsp=1,rsi=1,rsh=0,irq=0,ipmb=32\n",
    );
    mkdirSync(join(folder, "sys/class/ipmi/ipmi0"), { recursive: true });
    const link = join(folder, "sys/class/ipmi/ipmi0/device");
    symlinkSync("../../../devices/platform/IPI0001:00", link);
    put("sys/firmware/devicetree/base/ipmi@ca2/compatible", "ipmi-kcs\0");
    put(
      "sys/firmware/devicetree/base/ipmi@ca2/reg",
      Uint8Array.from([0, 0, 0, 0, 0, 0, 12, 0xa2, 0, 0, 0, 2]),
    );
    put("sys/module/ipmi_si/parameters/trydmi", "N\n");
    put("etc/modprobe.d/ipmi.conf", "# ours\noptions ipmi_si type=bt ports=0xe4\n");
    put("proc/cmdline", "quiet ipmi_ssif.addr=0x10\n");
    put("sys/bus/i2c/devices/1-0010/name", "ipmi_ssif\n");

    const { status, stdout, stderr } = discover("--json");
    const { interfaces, looked } = JSON.parse(stdout);
    const told = interfaces.map((each: Record<string, unknown>) => [
      each["source"],
      each["interface"],
    ]);
    expect(told).toEqual([
      ["kernel", "kcs:io:0xca2"],
      ["parameters", "bt:io:0xe4"],
      ["parameters", "ssif:i2c-1:0x10"],
      ["pci", "kcs:pci:0000:00:02.0"],
      ["acpi", "kcs:io:0xca2"],
      ["device-tree", "kcs:mem:0xca2"],
      ["spmi", "kcs:io:0xca2"],
      ["smbios", "kcs:io:0xca2"],
    ]);
    expect(interfaces[0]).toMatchObject({ chosen: true, holders: ["IPI0001:00", "ipmi_si"] });
    expect(interfaces.at(-1).notes).toEqual([expect.stringMatching(/has trydmi off/)]);
    expect(looked).toHaveLength(7);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(discover().stdout).toMatch(/^ {2}now: taken by IPI0001:00, ipmi_si$/m);
    expect(JSON.parse(discover("/dev/ipmi0", "--json").stdout).interfaces).toHaveLength(1);
  });

  test("prints nothing that a terminal obeys, and walks no circle", () => {
    put("sys/class/ipmi/ipmi0/device/params", "\u001b[2Jkcs,i/o\n");
    put("sys/firmware/devicetree/base/a/compatible", "ipmi-kcs\0");
    symlinkSync("..", join(folder, "sys/firmware/devicetree/base/a/b"));
    const { status, stdout } = discover();
    expect(stdout).toMatch(/\\x1b\[2Jkcs,i\/o is no kcs/);
    expect(stdout).toMatch(/device tree \/a\n/);
    expect(status).toBe(3);
  });

  test.each([
    ["a folder that is not there", ["--from", "/no/such/folder"], /^baseboard: --from .+\n$/],
    ["a file", ["--from", MAIN], /^baseboard: --from .+ a folder is right\n$/],
    ["an interface that is none", ["kcs:io"], /^baseboard: kcs:io: kcs:io:ADDRESS.+\n$/],
  ])("refuses %s in one line", (_, args, line) => {
    const { status, stderr } = discover(...args);
    expect(stderr).toMatch(line);
    expect(status).toBe(2);
  });

  test("follows no link out of the folder, and opens no folder as a file", () => {
    mkdirSync(join(folder, "sys/firmware/dmi/tables"), { recursive: true });
    symlinkSync(MAIN, join(folder, DMI));
    mkdirSync(join(folder, "sys/firmware/dmi/tables/smbios_entry_point"));
    const { status, stdout } = discover();
    expect(stdout).toMatch(/tables\/DMI: its link leads out of the folder/);
    expect(stdout).toMatch(/smbios_entry_point: it is no plain file/);
    expect(status).toBe(3);
  });
});
