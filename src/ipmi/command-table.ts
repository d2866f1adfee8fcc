import { appCommands } from "./command-table/app.ts";
import { bridgeCommands } from "./command-table/bridge.ts";
import { chassisCommands } from "./command-table/chassis.ts";
import type { Row } from "./command-table/row.ts";
import { sensorEventCommands } from "./command-table/sensor-event.ts";
import { storageCommands } from "./command-table/storage.ts";
import { transportCommands } from "./command-table/transport.ts";

/** Network functions of requests; a response's is one more. @see IPMI 2.0 §5.1, Table 5-1 */
export const NetFn = {
  Chassis: 0x00,
  Bridge: 0x02,
  SensorEvent: 0x04,
  App: 0x06,
  Firmware: 0x08,
  Storage: 0x0a,
  Transport: 0x0c,
  GroupExtension: 0x2c,
  OemGroup: 0x2e,
} as const;

/** Privilege levels, in the numbers of the wire. @see IPMI 2.0 §6.8, §22.18 */
export const Privilege = {
  /** Before a session is there. */
  None: 0,
  Callback: 1,
  User: 2,
  Operator: 3,
  Administrator: 4,
  Oem: 5,
} as const;
export type Privilege = (typeof Privilege)[keyof typeof Privilege];

/** Over which channels a command may come at all. @see IPMI 2.0 Appendix G */
export type Reach =
  /** Any channel, where there are sessions within one. */
  | "any"
  /** Any channel, also before a session is there. */
  | "before-session"
  /** The system interface only. */
  | "system-interface"
  /** Local interfaces only: IPMB, SMBus and the system interface. */
  | "local"
  /** Never a request to the BMC: the BMC sends it. */
  | "from-bmc";

/** A command as the specification's tables have it. @see IPMI 2.0 Appendix G */
export interface CommandInfo {
  /** As in the specification. */
  readonly name: string;
  readonly netFn: number;
  readonly cmd: number;
  /** Section of IPMI 2.0. */
  readonly section: string;
  /** What a session needs at least. Undefined where `reach` alone, or the payload, decides. */
  readonly privilege: Privilege | undefined;
  readonly reach: Reach;
  /** Mandatory for a BMC, or for the logical device that the command belongs to. */
  readonly mandatory: boolean;
  /** Twice does the same as once: who got no answer may send it again. */
  readonly repeatable: boolean;
}

/** What the letters of the tables stand for. */
const ACCESS = {
  C: { privilege: Privilege.Callback, reach: "any" },
  U: { privilege: Privilege.User, reach: "any" },
  O: { privilege: Privilege.Operator, reach: "any" },
  A: { privilege: Privilege.Administrator, reach: "any" },
  p: { privilege: Privilege.None, reach: "before-session" },
  s: { privilege: undefined, reach: "system-interface" },
  i: { privilege: undefined, reach: "local" },
  b: { privilege: undefined, reach: "from-bmc" },
  payload: { privilege: undefined, reach: "any" },
} as const;

/** Every command of the specification, by NetFn and number. @see IPMI 2.0 Appendix G */
export const commandTable: readonly CommandInfo[] = [
  ...commandsOf(NetFn.Chassis, chassisCommands),
  ...commandsOf(NetFn.Bridge, bridgeCommands),
  ...commandsOf(NetFn.SensorEvent, sensorEventCommands),
  ...commandsOf(NetFn.App, appCommands),
  ...commandsOf(NetFn.Storage, storageCommands),
  ...commandsOf(NetFn.Transport, transportCommands),
];

const byNumber: ReadonlyMap<number, CommandInfo> = new Map(
  commandTable.map((info) => [keyOf(info.netFn, info.cmd), info]),
);
const byName: ReadonlyMap<string, CommandInfo> = new Map(
  commandTable.map((info) => [plain(info.name), info]),
);

/** Takes a request's NetFn or its response's. */
export function commandInfo(netFn: number, cmd: number): CommandInfo | undefined {
  return byNumber.get(keyOf(netFn, cmd));
}

/** The name for a person: `Get Device ID`, or for an unknown command `NetFn 06h Cmd 7Fh`. */
export function commandName(netFn: number, cmd: number): string {
  return commandInfo(netFn, cmd)?.name ?? `NetFn ${byteText(netFn & 0x3e)} Cmd ${byteText(cmd)}`;
}

/** Finds a command whatever the case, the spaces and the hyphens of its name. */
export function commandByName(name: string): CommandInfo | undefined {
  return byName.get(plain(name));
}

function commandsOf(netFn: number, rows: readonly Row[]): CommandInfo[] {
  return rows.map(([cmd, name, section, access, status, repeats]) => ({
    name,
    netFn,
    cmd,
    section,
    ...ACCESS[access],
    mandatory: status === "M",
    repeatable: repeats !== "once",
  }));
}

function keyOf(netFn: number, cmd: number): number {
  return ((netFn & 0x3e) << 8) | cmd;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

function byteText(value: number): string {
  return `${value.toString(16).toUpperCase().padStart(2, "0")}h`;
}
