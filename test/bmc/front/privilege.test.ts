import { describe, expect, test } from "vitest";
import { commands } from "../../../src/bmc/controller/command-set.ts";
import { FROM_IPMB, FROM_SYSTEM_INTERFACE, type Origin } from "../../../src/bmc/front/origin.ts";
import { commandInfo, commandName, Privilege } from "../../../src/ipmi/command-table.ts";
import {
  type ChannelInfo,
  ChannelMedium,
  ChannelProtocol,
  IPMI_VENDOR_ID,
  SessionSupport,
} from "../../../src/ipmi/commands/app/channel.ts";
import { hex } from "../../../src/ipmi/message.ts";
import { Bench } from "../bench.ts";

const LAN: ChannelInfo = {
  channel: 1,
  medium: ChannelMedium.Lan,
  protocol: ChannelProtocol.Ipmb,
  activeSessions: 1,
  sessionSupport: SessionSupport.Multi,
  vendorId: IPMI_VENDOR_ID,
  auxiliary1: 0,
  auxiliary2: 0,
};

const LEVELS = [
  ["None", Privilege.None],
  ["Callback", Privilege.Callback],
  ["User", Privilege.User],
  ["Operator", Privilege.Operator],
  ["Administrator", Privilege.Administrator],
  ["Oem", Privilege.Oem],
] as const;

function inSession(privilege: Privilege): Origin {
  return { channel: LAN.channel, session: { id: 7, user: 2 }, privilege };
}

/** The completion code of a command without data, of a BMC that nothing was done to before. */
function codeOf(netFn: number, cmd: number, origin: Origin): number {
  const bench = new Bench({ channels: [LAN] });
  const response = bench.ask(hex(Uint8Array.of(netFn << 2, cmd)), origin);
  expect(response.slice(0, 5)).toBe(hex(Uint8Array.of((netFn | 1) << 2, cmd)));
  return Number.parseInt(response.slice(6, 8), 16);
}

/** The commands of the set that are not refused for want of privilege. */
function carriedOut(origin: Origin): readonly string[] {
  return commands
    .filter(({ netFn, cmd }) => codeOf(netFn, cmd, origin) !== 0xd4)
    .map(({ netFn, cmd }) => commandName(netFn, cmd));
}

test("every command of the set has a privilege, or a kind of channel that decides alone", () => {
  for (const { netFn, cmd } of commands) {
    const info = commandInfo(netFn, cmd);
    const decides = info?.reach === "system-interface" || info?.reach === "local";
    expect(info?.privilege !== undefined || decides, commandName(netFn, cmd)).toBe(true);
  }
});

// Goal: each command at each level of a session is carried out or refused as Appendix G has it.
// Method: bytes in and out, on a BMC of its own each.
describe.each(commands.map(({ netFn, cmd }) => [commandName(netFn, cmd), netFn, cmd] as const))(
  "PRV-01: %s",
  (_, netFn, cmd) => {
    const info = commandInfo(netFn, cmd);

    test.each(LEVELS)("in a session at level %s", (_level, privilege) => {
      const may = info?.privilege !== undefined && privilege >= info.privilege;
      expect(codeOf(netFn, cmd, inSession(privilege)) === 0xd4).toBe(!may);
    });

    test.each(LEVELS)("handed in from the system interface at level %s", (_level, privilege) => {
      const may = info?.privilege === undefined || privilege >= info.privilege;
      const origin = { ...FROM_SYSTEM_INTERFACE, privilege };
      expect(codeOf(netFn, cmd, origin) === 0xd4).toBe(!may);
    });
  },
);

// Goal: a privilege that is wrong in the table is noticed. Method: Appendix G once more, by hand;
// what is in none of these lists takes a user.
const ABOVE_USER: readonly (readonly [level: string, names: readonly string[]])[] = [
  ["None", ["Get System GUID"]],
  ["Callback", []],
  [
    "Operator",
    [
      ...["Chassis Control", "Chassis Identify", "Set Power Restore Policy"],
      ...["Set System Boot Options", "Get System Boot Options", "Platform Event"],
      ...["Reset Watchdog Timer", "Set Watchdog Timer", "Write FRU Data"],
      ...["Add SDR", "Partial Add SDR", "Delete SDR", "Clear SDR Repository"],
      ...["Set SDR Repository Time", "Add SEL Entry", "Partial Add SEL Entry"],
      ...["Delete SEL Entry", "Clear SEL", "Set SEL Time", "Set SEL Time UTC Offset"],
    ],
  ],
  [
    "Administrator",
    [
      ...["Set Chassis Capabilities", "Set Front Panel Button Enables"],
      ...["Set Power Cycle Interval", "Set Event Receiver"],
      ...["Cold Reset", "Warm Reset", "Set ACPI Power State"],
    ],
  ],
  ["Oem", []],
];
const SYSTEM_INTERFACE_ONLY = [
  ...["Set BMC Global Enables", "Clear Message Flags", "Get Message Flags"],
  ...["Enable Message Channel Receive", "Get Message", "Read Event Message Buffer"],
];

test("what each level adds, in a session", () => {
  let before: readonly string[] = [];
  for (const [level, privilege] of LEVELS) {
    const now = carriedOut(inSession(privilege));
    for (const name of before) expect(now).toContain(name);
    const added = now.filter((name) => !before.includes(name));
    const expected = ABOVE_USER.find(([each]) => each === level)?.[1];
    if (expected !== undefined) expect(added, level).toEqual(expected);
    before = now;
  }
  const all = commands.map(({ netFn, cmd }) => commandName(netFn, cmd));
  expect(all.filter((name) => !before.includes(name))).toEqual(SYSTEM_INTERFACE_ONLY);
});

test("the host's system interface has no limit", () => {
  expect(carriedOut(FROM_SYSTEM_INTERFACE).length).toBe(commands.length);
});

test("a controller on the IPMB has none but the system interface's own commands", () => {
  expect(carriedOut(FROM_IPMB)).toEqual(carriedOut(inSession(Privilege.Administrator)));
});

test("outside a session only what comes before one is carried out, whatever level is claimed", () => {
  const outside: Origin = {
    channel: LAN.channel,
    session: undefined,
    privilege: Privilege.Administrator,
  };
  expect(carriedOut(outside)).toEqual(["Get System GUID"]);
});

describe("in which order a request is refused", () => {
  const bench = () => new Bench({ channels: [LAN] });
  const nobody = inSession(Privilege.None);

  test.each([
    ["a command that is not there", "18 7f", "1c 7f c1"],
    ["another LUN", "19 02", "1d 02 c2"],
    ["too little privilege", "18 02", "1c 02 d4"],
    ["too little privilege, before the data is looked at", "18 24 04 01", "1c 24 d4"],
    ["enough privilege", "18 37 00", "1c 37 c7"],
  ])("%s", (_, request, response) => {
    expect(bench().ask(request, nobody)).toBe(response);
  });
});

test("what was refused was not done", () => {
  const bench = new Bench({ channels: [LAN] });
  expect(bench.ask("00 02 00", inSession(Privilege.User))).toBe("04 02 d4");
  expect(bench.ask("18 02", inSession(Privilege.Operator))).toBe("1c 02 d4");
  expect(bench.outputs).toEqual([]);
  bench.ask("00 02 00", inSession(Privilege.Operator));
  bench.ask("18 02", inSession(Privilege.Administrator));
  expect(bench.outputs).toEqual(["power-down by chassis-control", "reset cold"]);
});

test("channel Eh is the one by which the request came", () => {
  const bench = new Bench({ channels: [LAN] });
  const by = (origin: Origin) => bench.ask("18 42 0e", origin).slice(9, 14);
  expect(by(FROM_SYSTEM_INTERFACE)).toBe("0f 0c");
  expect(by(FROM_IPMB)).toBe("00 01");
  expect(by(inSession(Privilege.User))).toBe("01 04");
});

test("to send a message to the IPMB takes an operator", () => {
  const bench = new Bench({ channels: [LAN] });
  const send = "18 34 00 30 18 b8 81 04 01 7a";
  expect(bench.ask(send, inSession(Privilege.User))).toBe("1c 34 d4");
  expect(bench.ask(send, inSession(Privilege.Operator))).toBe("1c 34 83");
});

test("a request comes in by a channel that the controller has", () => {
  const { controller } = new Bench();
  const request = Uint8Array.of(0x18, 0x01);
  for (const channel of [0x1, 0xe]) {
    expect(() => controller.execute(request, { ...FROM_SYSTEM_INTERFACE, channel })).toThrow();
  }
});
