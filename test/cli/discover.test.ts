import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
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
