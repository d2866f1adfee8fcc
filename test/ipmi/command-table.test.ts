import { expect, test } from "vitest";
import { commandLayouts } from "../../src/ipmi/command-layouts.ts";
import {
  commandByName,
  commandInfo,
  commandName,
  commandTable,
  NetFn,
  Privilege,
} from "../../src/ipmi/command-table.ts";

test("numbers and names are unique, and both find the command", () => {
  const keys = new Set<string>();
  const names = new Set<string>();
  for (const info of commandTable) {
    keys.add(`${info.netFn} ${info.cmd}`);
    names.add(info.name.toLowerCase().replace(/[^a-z0-9]/g, ""));
    expect(info.netFn % 2).toBe(0);
    expect(commandInfo(info.netFn, info.cmd)).toBe(info);
    expect(commandInfo(info.netFn | 1, info.cmd)).toBe(info);
    expect(commandByName(info.name)).toBe(info);
    expect(info.section).toMatch(/^(\d\d[a-z]?(\.\d+[ab]?)?|ICMB)$/);
  }
  expect(keys.size).toBe(commandTable.length);
  expect(names.size).toBe(commandTable.length);
});

test("names are found whatever their case, spaces and hyphens", () => {
  const info = commandInfo(NetFn.App, 0x0b);
  for (const name of ["get command sub-function support", "GetCommandSubfunctionSupport"]) {
    expect(commandByName(name)).toBe(info);
  }
  expect(commandByName("get nothing")).toBeUndefined();
});

test("a command without a name is named by its numbers", () => {
  expect(commandName(NetFn.App, 0x01)).toBe("Get Device ID");
  expect(commandName(NetFn.App | 1, 0x01)).toBe("Get Device ID");
  expect(commandName(0x2e, 0x7f)).toBe("NetFn 2Eh Cmd 7Fh");
});

test("who may send what", () => {
  const access = (name: string) => {
    const info = commandByName(name);
    return [info?.privilege, info?.reach, info?.mandatory];
  };
  expect(access("Get Device ID")).toEqual([Privilege.User, "any", true]);
  expect(access("Cold Reset")).toEqual([Privilege.Administrator, "any", false]);
  expect(access("Set Watchdog Timer")).toEqual([Privilege.Operator, "any", true]);
  expect(access("Close Session")).toEqual([Privilege.Callback, "any", false]);
  expect(access("Get Message")).toEqual([undefined, "system-interface", true]);
  expect(access("Get System GUID")).toEqual([Privilege.None, "before-session", false]);
  expect(access("Get Device SDR")).toEqual([undefined, "local", false]);
  expect(access("SOL Activating")).toEqual([undefined, "from-bmc", false]);
  expect(access("Activate Payload")).toEqual([undefined, "any", false]);
});

test("what only asks or sets may be repeated; what adds, takes, tells or starts may not", () => {
  const repeatable = (name: string) => commandByName(name)?.repeatable;
  for (const name of ["Get Device ID", "Set Watchdog Timer", "Write FRU Data", "Get SEL Entry"]) {
    expect(repeatable(name)).toBe(true);
  }
  for (const name of [
    ...["Cold Reset", "Chassis Control", "Platform Event", "Add SEL Entry", "Clear SEL"],
    ...["Send Message", "Get Message", "Read Event Message Buffer", "Clear Message Flags"],
  ]) {
    expect(repeatable(name)).toBe(false);
  }
});

test("the mandatory commands of a BMC have layouts, but those of other parts of the product", () => {
  const known = new Set(commandLayouts.map(({ netFn, cmd }) => commandName(netFn, cmd)));
  const missing = commandTable.filter(({ mandatory, name }) => mandatory && !known.has(name));
  expect(missing.map(({ name }) => name)).toEqual(["Get Sensor Reading", "Master Write-Read"]);
});
