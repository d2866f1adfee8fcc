import {
  Channel,
  type ChannelInfo,
  ChannelMedium,
  ChannelProtocol,
  getChannelInfo,
  IPMI_VENDOR_ID,
} from "../../ipmi/commands/app/channel.ts";
import { getDeviceId, ipmiVersion } from "../../ipmi/commands/app/device.ts";
import { getChassisStatus } from "../../ipmi/commands/chassis/chassis.ts";
import { readFruData } from "../../ipmi/commands/storage/fru.ts";
import { getSdrRepositoryInfo } from "../../ipmi/commands/storage/sdr.ts";
import { getSelInfo } from "../../ipmi/commands/storage/sel.ts";
import { Cc } from "../../ipmi/completion.ts";
import type { TransportKind } from "../../trace/head.ts";
import type { Dialogue } from "../dialogue.ts";
import { type Command, isOf } from "../dispatch.ts";
import type { CommonRule } from "../rule.ts";
import { codeText, hex } from "../text.ts";
import { HoldsState } from "./holds.ts";

/** What the BMC says that it is and has. */
export const selfRules: readonly CommonRule[] = [
  {
    id: "CHN-01",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §6.3 to §6.5, §22.24",
    sentence:
      "Get Channel Info describes the channel that was asked for: Eh and Fh are the system interface, " +
      "0 the primary IPMB.",
    instead:
      "The BMC returns number, medium and protocol of the channel that was asked for, and for Eh " +
      "those of the system interface.",
    observable: true,
    automaton: ({ report, head }) => ({
      concerns: (command) => isOf([getChannelInfo], command),
      dialogue: (dialogue) => {
        const asked = dialogue.clear ? dialogue.asks(getChannelInfo) : undefined;
        if (asked === undefined) return;
        const wrong = wrongOf(dialogue, asked.channel, head.interface);
        if (wrong !== undefined) report(`of channel ${hex(asked.channel)}: ${wrong}`);
      },
    }),
  },
  {
    id: "DEV-07",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §20.1",
    sentence: "Get Device ID names the logical devices whose commands the BMC carries out.",
    instead:
      "The BMC sets in Get Device ID the bit of each logical device whose commands it carries " +
      "out.",
    observable: true,
    automaton: (context) => new NamesItsDevices(context),
  },
  {
    id: "DEV-01",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §20.1",
    sentence:
      "Get Device ID names a version of IPMI that there is, the more significant digit last.",
    instead:
      "The BMC states a version that there is, with the major digit in bits 3:0, as 02h for 2.0 " +
      "or 51h for 1.5.",
    observable: true,
    automaton: ({ report }) => ({
      concerns: (command) => isOf([getDeviceId], command),
      dialogue: (dialogue) => {
        const device = dialogue.clear ? dialogue.gives(getDeviceId) : undefined;
        if (device === undefined || IPMI_VERSIONS.has(ipmiVersion(device))) return;
        report(`it says that its version of IPMI is ${ipmiVersion(device)}`);
      },
    }),
  },
];

/** Those that were published; before 1.0 there were BMCs of a draft. */
const IPMI_VERSIONS: ReadonlySet<string> = new Set(["0.9", "1.0", "1.5", "2.0"]);

/** Which protocol an SSIF has the text does not settle. @see IPMI 2.0 §6.4, Table 6-2 */
const PROTOCOLS: Readonly<Partial<Record<TransportKind, readonly number[]>>> = {
  kcs: [ChannelProtocol.Kcs],
  smic: [ChannelProtocol.Smic],
  bt: [ChannelProtocol.Bt10, ChannelProtocol.Bt15],
  // It is what lies between the firmware and the BMC.
  opal: [ChannelProtocol.Bt10, ChannelProtocol.Bt15],
};
const PROTOCOL_OEM_FIRST = 0x1c;
/** They say that there is no such channel. */
const ABSENT: ReadonlySet<number> = new Set([Cc.InvalidField, Cc.NotPresent]);

function wrongOf(dialogue: Dialogue, asked: number, kind: TransportKind): string | undefined {
  const own = asked === Channel.Present || asked === Channel.SystemInterface;
  if (own && ABSENT.has(dialogue.cc)) return `it got ${codeText(dialogue.cc)}`;
  const given = dialogue.gives(getChannelInfo);
  if (given === undefined) return undefined;
  const right = own ? Channel.SystemInterface : asked;
  if (given.channel !== right) return `it answered for channel ${hex(given.channel)}`;
  if (own) return wrongOfInterface(given, kind);
  if (right !== Channel.PrimaryIpmb || given.medium === ChannelMedium.Ipmb) return undefined;
  return `its medium is ${hex(given.medium)}`;
}

function wrongOfInterface(
  { medium, protocol, vendorId }: ChannelInfo,
  kind: TransportKind,
): string | undefined {
  if (medium !== ChannelMedium.SystemInterface) return `its medium is ${hex(medium)}`;
  if (protocol >= PROTOCOL_OEM_FIRST) return undefined;
  const rightly = PROTOCOLS[kind]?.includes(protocol) ?? true;
  if (!rightly) return `its protocol is ${hex(protocol)}`;
  return vendorId === IPMI_VENDOR_ID ? undefined : `its vendor is ${vendorId}`;
}

/** A command of each logical device, and how Get Device ID names that. */
const DEVICES = [
  [getSelInfo, "selDevice"],
  [getSdrRepositoryInfo, "sdrRepositoryDevice"],
  [readFruData, "fruInventoryDevice"],
  [getChassisStatus, "chassisDevice"],
] as const;

class NamesItsDevices extends HoldsState {
  /** What Get Device ID did not name. */
  readonly unnamed = new Set<string>();
  /** What has carried out a command. */
  readonly there = new Set<string>();

  protected override about(command: Command): boolean {
    return isOf([getDeviceId, ...DEVICES.map(([layout]) => layout)], command);
  }

  protected said(dialogue: Dialogue): void {
    if (!dialogue.witnessed || dialogue.ordered) return;
    const device = dialogue.gives(getDeviceId);
    if (device !== undefined) {
      this.unnamed.clear();
      // Before IPMI 1.0 there was less to name.
      const missing = DEVICES.filter(([, name]) => device.ipmiMajor > 0 && !device[name]);
      for (const [, name] of missing) this.unnamed.add(name);
    }
    for (const [layout, name] of DEVICES) if (dialogue.succeeds(layout)) this.there.add(name);
    const wrong = [...this.unnamed].find((name) => this.there.has(name));
    if (wrong === undefined) return;
    this.report(`it carries out the commands of the ${wrong}, and does not name it`);
    this.unnamed.delete(wrong);
  }

  protected changes(): boolean {
    return false;
  }

  protected forget(): void {
    this.unnamed.clear();
    this.there.clear();
  }
}
