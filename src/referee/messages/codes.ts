import { layoutOf } from "../../ipmi/command-layouts.ts";
import { commandInfo, NetFn } from "../../ipmi/command-table.ts";
import { getDeviceId } from "../../ipmi/commands/app/device.ts";
import { platformEvent } from "../../ipmi/commands/sensor-event/event.ts";
import { addSdr, partialAddSdr } from "../../ipmi/commands/storage/sdr.ts";
import { addSelEntry, partialAddSelEntry } from "../../ipmi/commands/storage/sel.ts";
import { Cc } from "../../ipmi/completion.ts";
import { REQUEST_BYTES_SUPPORTED } from "../../ipmi/message.ts";
import type { Layout } from "../../ipmi/record.ts";
import { decoded } from "../decoded.ts";
import type { Dialogue } from "../dialogue.ts";
import { type Command, isOf } from "../dispatch.ts";
import type { CommonRule } from "../rule.ts";
import { codeText, hex } from "../text.ts";
import { HoldsState, isStandard, WHOLE_CONTROLLER_CODES } from "./holds.ts";
import { fieldedCommands, isIllFormed, isRightInAllFields } from "./ill-formed.ts";

/** Which completion code, and how many data, whatever the command means. */
export const codeRules: readonly CommonRule[] = [
  {
    id: "GEN-04",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §5.2, §5.3, Appendix G",
    sentence: "A command that is not assigned gets completion code C1h.",
    instead: "The BMC refuses the command with C1h.",
    observable: true,
    automaton: ({ report }) => ({
      concerns: isUnassigned,
      dialogue: (dialogue) => {
        if (!dialogue.clear) return;
        if (WHOLE_CONTROLLER_CODES.has(dialogue.cc)) return;
        // What is longer than it has to take it need not look into.
        const long = dialogue.request.length > REQUEST_BYTES_SUPPORTED;
        if (long && LENGTH_CODES.has(dialogue.cc)) return;
        report(`${dialogue.name}, which is not assigned, got ${codeText(dialogue.cc)}`);
      },
    }),
  },
  {
    id: "GEN-11",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §20.1, Appendix G",
    sentence: "A logical device that Get Device ID names has its mandatory commands.",
    instead:
      "The BMC carries out the mandatory commands of that device, or does not name it in Get " +
      "Device ID.",
    observable: true,
    automaton: (context) => new NamedDevices(context),
  },
  {
    id: "MSG-01",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §5.2",
    sentence: "Completion code 00h stands for success only: the response then has its whole data.",
    instead: "The BMC gives every mandatory field of the response behind 00h, or an error code.",
    observable: true,
    automaton: ({ report }) => ({
      dialogue: (dialogue) => {
        const layout = responseLayout(dialogue);
        if (layout === undefined || dialogue.data.length >= layout.size.min) return;
        const { name, data } = dialogue;
        report(`${name} succeeded with ${data.length} of ${layout.size.min} data bytes`);
      },
    }),
  },
  {
    id: "MSG-07",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §18",
    sentence: "A response's data end where its fields end; optional ones come whole and in order.",
    instead: "The BMC ends the response with the last of its fields, and gives none in part.",
    observable: true,
    automaton: ({ report }) => ({
      dialogue: (dialogue) => {
        const layout = responseLayout(dialogue);
        if (layout === undefined || dialogue.data.length < layout.size.min) return;
        if (fits(layout, dialogue.data)) return;
        report(`${dialogue.name} succeeded with ${dialogue.data.length} data bytes`);
      },
    }),
  },
  {
    id: "MSG-03",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §5.2",
    sentence:
      "No completion code is given for a condition that does not exist; D4h for a command that none but " +
      "the system interface has is a note.",
    instead: "The BMC gives the code of what is so, or carries the command out.",
    observable: true,
    automaton: ({ report }) => ({
      dialogue: (dialogue) => {
        if (!dialogue.clear) return;
        if (dialogue.cc === Cc.InvalidField && isRightInAllFields(dialogue)) {
          report(`${dialogue.name} had right data only, and got CCh: invalid data field`);
        }
        if (dialogue.cc === Cc.InsufficientPrivilege && isForHostsAlone(dialogue)) {
          const text = `${dialogue.name} is for the system interface alone, and got D4h there`;
          // A BMC may be locked for its host, which no trace says.
          report(`${text}: insufficient privilege`, "note");
        }
        if (dialogue.cc !== Cc.RequestLengthInvalid) return;
        const layout = requestLayout(dialogue);
        if (layout?.size.max !== layout?.size.min) return;
        const { length } = dialogue.asked;
        if (layout === undefined || length !== layout.size.min) return;
        const had = length === 0 ? "takes no data, had none" : `takes ${length} bytes, had them`;
        report(`${dialogue.name} ${had}, and got C7h: length invalid`);
      },
    }),
  },
  {
    id: "MSG-04",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §5.2, §5.3",
    sentence: "C1h and C2h are for commands that the BMC does not have, and stay so.",
    instead:
      "The BMC gives C1h or C2h for a command that it does not have there, and gives them each " +
      "time.",
    observable: true,
    automaton: (context) => new StaysSupported(context),
  },
  {
    id: "MSG-10",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §5.2, Table 5-2",
    sentence: "A request whose data are of no length that the command takes gets C7h.",
    instead: "The BMC refuses the request with C7h.",
    observable: true,
    automaton: ({ report }) => ({
      dialogue: (dialogue) => {
        const layout = requestLayout(dialogue);
        if (!dialogue.clear || layout === undefined || fits(layout, dialogue.asked)) return;
        const { cc, asked, name } = dialogue;
        if (LENGTH_CODES.has(cc) || WHOLE_CONTROLLER_CODES.has(cc)) return;
        report(`${name} with ${asked.length} bytes of data got ${hex(cc)}`);
      },
    }),
  },
  {
    id: "MSG-11",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §5.2, Table 5-2",
    sentence: "What a field of the request cannot hold is refused.",
    instead: "The BMC refuses the request, as with CCh, and changes nothing.",
    observable: true,
    automaton: ({ report }) => ({
      concerns: (command) => isOf(fieldedCommands, command),
      dialogue: (dialogue) => {
        if (!dialogue.clear || dialogue.cc !== Cc.Ok) return;
        const field = isIllFormed(dialogue);
        if (field !== undefined) report(`${dialogue.name} succeeded with ${field}`);
      },
    }),
  },
];

/** The length is wrong, the data are cut, or there are too many. @see IPMI 2.0 Table 5-2 */
const LENGTH_CODES: ReadonlySet<number> = new Set([
  Cc.RequestTruncated,
  Cc.RequestLengthInvalid,
  Cc.RequestLengthExceeded,
]);

/** Reserved everywhere. @see IPMI 2.0 §5 */
const RESERVED_COMMANDS: ReadonlySet<number> = new Set([0xfe, 0xff]);
/** Some headers have Suspend/Resume Payload Encryption here. */
const AMBIGUOUS = 0x53;
const TABLED: ReadonlySet<number> = new Set([
  NetFn.Chassis,
  NetFn.SensorEvent,
  NetFn.App,
  NetFn.Storage,
]);

function isUnassigned({ netFn, cmd }: Command): boolean {
  if (netFn % 2 === 1 || netFn >= NetFn.GroupExtension) return false;
  if (RESERVED_COMMANDS.has(cmd)) return true;
  if (!TABLED.has(netFn) || (netFn === NetFn.App && cmd === AMBIGUOUS)) return false;
  return commandInfo(netFn, cmd) === undefined;
}

/** A command that each BMC has, and that comes in by no other way. */
function isForHostsAlone({ netFn, cmd }: Command): boolean {
  const info = commandInfo(netFn, cmd);
  return info?.mandatory === true && info.reach === "system-interface";
}

/** The layout of the response to a request that was carried out. */
function responseLayout(dialogue: Dialogue): Layout<object> | undefined {
  if (!dialogue.clear || dialogue.cc !== Cc.Ok || !isStandard(dialogue)) return undefined;
  return layoutOf(dialogue.netFn, dialogue.cmd)?.response;
}

/** An event may come in the form of the IPMB by mistake, which is the host's. @see IPMI 2.0 §29.6 */
function requestLayout(dialogue: Dialogue): Layout<object> | undefined {
  if (!isStandard(dialogue) || dialogue.is(platformEvent)) return undefined;
  return layoutOf(dialogue.netFn, dialogue.cmd)?.request;
}

function fits(layout: Layout<object>, bytes: Uint8Array): boolean {
  const { min, max } = layout.size;
  if (min === max || bytes.length < min || bytes.length > max) return bytes.length === min;
  return decoded(() => layout.decode(bytes)) !== undefined;
}

/** A command that was carried out is there; other firmware may not have it any more. */
class StaysSupported extends HoldsState {
  readonly carriedOut = new Set<number>();

  protected said(dialogue: Dialogue): void {
    if (!isStandard(dialogue)) return;
    const command = (dialogue.netFn << 8) | dialogue.cmd;
    if (dialogue.cc === Cc.Ok) this.carriedOut.add(command);
    const absent = dialogue.cc === Cc.InvalidCommand || dialogue.cc === Cc.InvalidForLun;
    if (!absent || !this.carriedOut.has(command)) return;
    this.report(`${dialogue.name} got ${hex(dialogue.cc)}, and had been carried out before`);
  }

  protected changes(): boolean {
    return false;
  }

  protected forget(): void {
    this.carriedOut.clear();
  }
}

/** Of a pair one is enough. @see IPMI 2.0 Appendix G */
const ONE_OF_A_PAIR = [addSdr, partialAddSdr, addSelEntry, partialAddSelEntry];
/** What those logical devices are there for. */
const DEVICE_NETFNS: ReadonlySet<number> = new Set([NetFn.Chassis, NetFn.Storage]);
const FRU_COMMANDS_MAX = 0x1f;
const SDR_COMMANDS_MAX = 0x3f;

/** What Get Device ID said last decides. */
class NamedDevices extends HoldsState {
  chassis = false;
  fru = false;
  sdr = false;
  sel = false;

  protected override about(command: Command): boolean {
    return DEVICE_NETFNS.has(command.netFn) || isOf([getDeviceId], command);
  }

  protected said(dialogue: Dialogue): void {
    const device = dialogue.gives(getDeviceId);
    if (device !== undefined) {
      // Before IPMI 1.0 less was mandatory.
      const held = device.ipmiMajor > 0;
      this.chassis = held && device.chassisDevice;
      this.fru = held && device.fruInventoryDevice;
      this.sdr = held && device.sdrRepositoryDevice;
      this.sel = held && device.selDevice;
    }
    if (dialogue.cc !== Cc.InvalidCommand || !isStandard(dialogue) || !this.#named(dialogue))
      return;
    if (ONE_OF_A_PAIR.some((each) => dialogue.is(each))) return;
    if (commandInfo(dialogue.netFn, dialogue.cmd)?.mandatory !== true) return;
    this.report(`${dialogue.name}, which that device must have, got ${codeText(dialogue.cc)}`);
  }

  protected changes(): boolean {
    return false;
  }

  protected forget(): void {
    this.chassis = false;
    this.fru = false;
    this.sdr = false;
    this.sel = false;
  }

  #named({ netFn, cmd }: Dialogue): boolean {
    if (netFn === NetFn.Chassis) return this.chassis;
    if (netFn !== NetFn.Storage) return false;
    if (cmd <= FRU_COMMANDS_MAX) return this.fru;
    return cmd <= SDR_COMMANDS_MAX ? this.sdr : this.sel;
  }
}
