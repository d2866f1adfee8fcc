import { commandName } from "../ipmi/command-table.ts";
import { completionText } from "../ipmi/completion.ts";
import { hex as hexText } from "../ipmi/message.ts";
import type { EventOf, TraceEvent } from "../trace/events.ts";
import type { TransportKind } from "../trace/head.ts";
import { READ_BIT } from "../wire/smbus/protocol.ts";
import { codeNames, registerNames, statusNames } from "./register-names.ts";

/** The phase bits of KCS's Status in which the host asks for each byte by READ in Data_In. */
const KCS_STATE_BITS = 0xc0;
const KCS_READ_STATE = 0x40;
const KCS_READ = 0x68;

/** Whose column of a ladder an event belongs to; `wire` is what is neither party's. */
export type Lane = "host" | "wire" | "bmc";

/** An event in words. */
export interface Told {
  readonly lane: Lane;
  /** The way a byte goes between its party and the wire; undefined of what is no access. */
  readonly way?: "out" | "in";
  /** Who does it, as a sentence about it begins; of an access with what is done: "host reads". */
  readonly subject: string;
  readonly text: string;
  /** Whose access it is, where the host says so: "for request 12". */
  readonly cause?: string;
}

/** Tells events in words, one after the other: what a byte means can depend on what came before. */
export class EventTexts {
  readonly #kind: TransportKind;
  /** What the host saw last in KCS's Status. */
  #status = 0;

  constructor(kind: TransportKind) {
    this.#kind = kind;
  }

  /** The event in one line, without its number and its time. */
  of(event: TraceEvent): string {
    const { subject, text, cause = "" } = this.told(event);
    return [subject, text, cause].filter((part) => part !== "").join(" ");
  }

  /** The same in parts. */
  told(event: TraceEvent): Told {
    switch (event.e) {
      case "host.read":
        if (event.reg === "status") this.#status = event.value;
        return byHost("host reads", `${event.reg} ${this.#named(event)}`, "in");
      case "host.write": {
        const told = byHost("host writes", `${event.reg} ${this.#named(event)}`, "out");
        return { ...told, cause: tagText(event.tag) };
      }
      case "irq":
        return onWire("interrupt line", event.level === 1 ? "rises" : "falls");
      case "bmc.read": {
        const names = event.command ? codeNames(this.#kind, event.value) : "";
        return byBmc(
          "BMC takes",
          `${event.command ? "code " : ""}${byte(event.value, names)}`,
          "in",
        );
      }
      case "bmc.write":
        return byBmc("BMC gives", byte(event.value, ""), "out");
      case "bmc.status":
        return byBmc(
          "BMC's",
          `status is ${byte(event.status, statusNames(this.#kind, event.status))}`,
          "out",
        );
      case "bmc.code":
        return byBmc(
          "BMC's",
          `code is ${byte(event.value, codeNames(this.#kind, event.value))}`,
          "out",
        );
      case "host.bus":
        return {
          ...byHost("host's bus:", busText(event), busWay(event)),
          cause: tagText(event.tag),
        };
      case "bmc.bus":
        return byBmc("BMC's bus:", busText(event), busWay(event) === "in" ? "out" : "in");
      case "bmc.alert":
        return byBmc("BMC", event.level === 1 ? "pulls SMBALERT#" : "lets SMBALERT# go", "out");
      case "host.opal-send": {
        const said = `${hexText(event.message)}: ${event.code.toUpperCase()}`;
        return {
          ...byHost("host calls", `OPAL_IPMI_SEND ${said}`, "out"),
          cause: tagText(event.tag),
        };
      }
      case "host.opal-recv": {
        const call = `OPAL_IPMI_RECV version ${event.version}, room ${event.room}`;
        const came =
          event.message.length > 0 ? `, ${event.length} bytes ${hexText(event.message)}` : "";
        return byHost("host calls", `${call}: ${event.code.toUpperCase()}${came}`, "in");
      }
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
function messageText(event: Rest): Told {
  switch (event.e) {
    case "user":
    case "request":
    case "refused":
    case "answer":
    case "delivered":
      return userText(event);
    case "send":
      return byHost("interface", `sends request ${event.id}: ${whole(event.message)}`);
    case "received":
      return byHost(
        "interface",
        `has the response to request ${event.id}: ${whole(event.message)}`,
      );
    case "run":
      return byHost("interface code", event.on ? `runs (${event.cause})` : "gives way");
    case "noted": {
      const cc =
        event.outcome === "answered" ? spaced(byte(event.cc, completionText(event.cc))) : "";
      return byHost("executor", `noted as ${event.outcome}${cc}: ${whole(event.message)}`);
    }
    case "bmc.request":
    case "bmc.response":
    case "bmc.refused":
      return applicationText(event);
    case "fault":
      return onWire("the fault", `${event.name} ${event.what} (${event.text})`);
    case "bmc": {
      const flags = event.what === "flags" ? ` ${byte(event.flags, "")}` : more(event.text);
      return byBmc("BMC:", `${event.what}${flags}`);
    }
    case "host":
      return byHost("host:", `${event.what}${more(event.text)}`);
    case "guest":
      return onWire("guest:", `${event.what}${more(event.text)}`);
    case "gap":
      return onWire("the witness", `lost what happened here: ${event.text}`);
    case "console":
      return onWire("console:", event.text);
    case "end":
      return onWire("the end:", event.why);
    default:
      return onWire("", plainText(event));
  }
}

/** What the BMC's application does with requests. */
function applicationText(event: EventOf<"bmc.request" | "bmc.response" | "bmc.refused">): Told {
  if (event.e === "bmc.refused") {
    return byBmc("BMC's interface", `refuses its application: ${event.code}`);
  }
  const does = event.e === "bmc.request" ? "reads a request" : "responds";
  const said = `${does}${spaced(tagText(event.tag))}: ${whole(event.message)}`;
  return byBmc("BMC's application", said);
}

/** What the host's users do, and what they get. */
function userText(event: EventOf<"user" | "request" | "refused" | "answer" | "delivered">): Told {
  switch (event.e) {
    case "user":
      return byHost(`${event.user}:`, `${event.what}${more(event.text)}`);
    case "request": {
      const what = `${commandName(event.netFn, event.cmd)}${data(event.data)}`;
      return byHost("", `request ${event.id} of ${event.user}: ${what}`);
    }
    case "refused":
      return byHost("", `request ${event.id} of ${event.user} is refused: ${event.code}`);
    case "answer": {
      const what = `${byte(event.cc, completionText(event.cc))}${data(event.data)}`;
      return byHost("", `request ${event.id} is answered by ${event.maker}: ${what}`);
    }
    case "delivered":
      return byHost("", `${event.user} gets ${event.what}:${bytes(event.message)}`);
  }
}

function byHost(subject: string, text: string, way?: "in" | "out"): Told {
  return { lane: "host", subject, text, ...(way === undefined ? {} : { way }) };
}

function byBmc(subject: string, text: string, way?: "in" | "out"): Told {
  return { lane: "bmc", subject, text, ...(way === undefined ? {} : { way }) };
}

function onWire(subject: string, text: string): Told {
  return { lane: "wire", subject, text };
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

/** Which way a byte of the bus goes, seen from the master. */
function busWay({ op }: EventOf<"host.bus" | "bmc.bus">): "in" | "out" {
  return op === "read" ? "in" : "out";
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
  return tag === 0 ? "" : `for request ${tag}`;
}

function spaced(text: string): string {
  return text === "" ? "" : ` ${text}`;
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
