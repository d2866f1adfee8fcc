import { commandName } from "../ipmi/command-table.ts";
import { completionText } from "../ipmi/completion.ts";
import type { EventOf, TraceEvent } from "../trace/events.ts";
import type { InterfaceKind } from "../trace/head.ts";
import { READ_BIT } from "../wire/smbus/protocol.ts";
import { codeNames, registerNames, statusNames } from "./register-names.ts";

/** The phase bits of KCS's Status in which the host asks for each byte by READ in Data_In. */
const KCS_STATE_BITS = 0xc0;
const KCS_READ_STATE = 0x40;
const KCS_READ = 0x68;

/** Tells events in words, one after the other: what a byte means can depend on what came before. */
export class EventTexts {
  readonly #kind: InterfaceKind;
  /** What the host saw last in KCS's Status. */
  #status = 0;

  constructor(kind: InterfaceKind) {
    this.#kind = kind;
  }

  /** The event in one line, without its number and its time. */
  of(event: TraceEvent): string {
    switch (event.e) {
      case "host.read":
        if (event.reg === "status") this.#status = event.value;
        return `host reads ${event.reg} ${this.#named(event)}`;
      case "host.write":
        return `host writes ${event.reg} ${this.#named(event)}${tagText(event.tag)}`;
      case "irq":
        return `interrupt line ${event.level === 1 ? "rises" : "falls"}`;
      case "bmc.read":
        return event.command
          ? `BMC takes code ${byte(event.value, codeNames(this.#kind, event.value))}`
          : `BMC takes ${byte(event.value, "")}`;
      case "bmc.write":
        return `BMC gives ${byte(event.value, "")}`;
      case "bmc.status":
        return `BMC's status is ${byte(event.status, statusNames(this.#kind, event.status))}`;
      case "bmc.code":
        return `BMC's code is ${byte(event.value, codeNames(this.#kind, event.value))}`;
      case "host.bus":
        return `host's bus: ${busText(event)}${tagText(event.tag)}`;
      case "bmc.bus":
        return `BMC's bus: ${busText(event)}`;
      case "bmc.alert":
        return `BMC ${event.level === 1 ? "pulls SMBALERT#" : "lets SMBALERT# go"}`;
      default:
        return messageText(event);
    }
  }

  #named({ reg, value, e }: EventOf<"host.read" | "host.write">): string {
    const asks = e === "host.write" && this.#kind === "kcs" && reg === "data";
    const reading = (this.#status & KCS_STATE_BITS) === KCS_READ_STATE;
    if (asks && reading && value === KCS_READ) return byte(value, codeNames("kcs", value));
    return byte(value, registerNames(this.#kind, reg, value));
  }
}

type Rest = Exclude<
  TraceEvent,
  { e: "host.read" | "host.write" | "irq" | "bmc.read" | "bmc.write" | "bmc.status" | "bmc.code" }
>;

/** Events that tell of messages, and of the lives of the parties. */
function messageText(event: Rest): string {
  switch (event.e) {
    case "user":
      return `${event.user}: ${event.what}${more(event.text)}`;
    case "request":
      return `request ${event.id} of ${event.user}: ${commandName(event.netFn, event.cmd)}${data(event.data)}`;
    case "refused":
      return `request ${event.id} of ${event.user} is refused: ${event.code}`;
    case "answer":
      return `request ${event.id} is answered by ${event.maker}: ${byte(event.cc, completionText(event.cc))}${data(event.data)}`;
    case "delivered":
      return `${event.user} gets ${event.what}:${bytes(event.message)}`;
    case "send":
      return `interface sends request ${event.id}: ${whole(event.message)}`;
    case "received":
      return `interface has the response to request ${event.id}: ${whole(event.message)}`;
    case "run":
      return event.on ? `interface code runs (${event.cause})` : "interface code gives way";
    case "bmc.request":
      return `BMC's application reads a request${tagText(event.tag)}: ${whole(event.message)}`;
    case "bmc.response":
      return `BMC's application responds${tagText(event.tag)}: ${whole(event.message)}`;
    case "bmc.refused":
      return `BMC's interface refuses its application: ${event.code}`;
    case "fault":
      return `the fault ${event.name} ${event.what} (${event.text})`;
    case "bmc":
      return `BMC: ${event.what}${event.what === "flags" ? ` ${byte(event.flags, "")}` : more(event.text)}`;
    case "host":
      return `host: ${event.what}${more(event.text)}`;
    case "guest":
      return `guest: ${event.what}${more(event.text)}`;
    case "gap":
      return `the witness lost what happened here: ${event.text}`;
    case "console":
      return `console: ${event.text}`;
    case "end":
      return `the end: ${event.why}`;
    default:
      return plainText(event);
  }
}

/** An event for which there are no words yet: its name, and its fields as they are. */
function plainText(event: TraceEvent): string {
  const fields = Object.entries(event).filter(([name]) => !["n", "t", "e"].includes(name));
  return [event.e, ...fields.map(([name, value]) => `${name} ${value}`)].join(", ");
}

function busText({ op, value, outcome }: EventOf<"host.bus" | "bmc.bus">): string {
  if (op === "stop") return "STOP";
  const way = (value & READ_BIT) === 0 ? "write to" : "read from";
  const what =
    op === "start" ? `START ${byte(value, `${way} ${hex(value >> 1)}`)}` : `${op} ${hex(value)}`;
  return `${what}, ${outcome}`;
}

/** A whole message with its command's name; of a response, its completion code's, too. */
function whole(message: Uint8Array): string {
  const [netFnLun = 0, cmd = 0, cc = 0] = message;
  if (message.length < 2) return `too short to be one${data(message)}`;
  const netFn = netFnLun >> 2;
  const responds = (netFn & 1) === 1 && message.length > 2;
  const code = responds ? `, ${byte(cc, completionText(cc, netFn, cmd))}` : "";
  return `${commandName(netFn, cmd)}${code}:${bytes(message)}`;
}

function tagText(tag: number): string {
  return tag === 0 ? "" : ` for request ${tag}`;
}

function byte(value: number, names: string): string {
  return names === "" ? hex(value) : `${hex(value)} (${names})`;
}

function data(values: Uint8Array): string {
  return values.length === 0 ? "" : `,${bytes(values)}`;
}

function bytes(values: Uint8Array): string {
  return Array.from(values, (value) => ` ${value.toString(16).padStart(2, "0")}`).join("");
}

function hex(value: number): string {
  return `${value.toString(16).toUpperCase().padStart(2, "0")}h`;
}

function more(text: string): string {
  return text === "" ? "" : `, ${text}`;
}
