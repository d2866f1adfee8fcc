/**
 * What can happen in a match: the one list of events. Their types (`events.ts`), their codec, the
 * names that a scenario may wait for, whose access is whose, and the tables of `docs/trace.md`
 * (`npm run trace-page`) follow from it.
 */
import {
  byte,
  bytes,
  count,
  explained,
  flag,
  level,
  lunField,
  netFnField,
  oneOf,
  text,
} from "./fields.ts";

/**
 * Whose doing an event is. At the registers and on the bus it says whose face of the wire shows
 * it; `wire` is what belongs to neither, `lab` and `guest` are those who only tell of it.
 */
export type Doer = "host" | "bmc" | "wire" | "lab" | "guest";

/**
 * One event: whose doing it is, what happened (for the page, in its own marks), and its fields in
 * the order of the line.
 */
function event<const D extends Doer, F>(by: D, what: string, fields: F) {
  return { by, what, fields } as const;
}

/**
 * A register as the host's driver knows it. KCS: `data`, `status` when read, `command` when
 * written. SMIC: `data`, `control` (control code, status code), `flags`. BT: `control` (BT_CTRL),
 * `data` (the FIFOs), `intmask`. @see IPMI 2.0 §9.5, §10.2, §11.6
 */
const register = oneOf("data", "status", "command", "control", "flags", "intmask");

const registers = {
  "host.read": event("host", "the host read that register", { reg: register, value: byte }),
  "host.write": event("host", "the host wrote that register", {
    reg: register,
    value: byte,
    tag: count,
  }),
  irq: event("wire", "the interrupt line as the host sees it", { level }),
  "bmc.read": event(
    "bmc",
    "the BMC took an input byte. `command`: KCS, C/D# was 1; SMIC, it is the control code",
    { value: byte, command: flag },
  ),
  "bmc.write": event("bmc", "the BMC gave an output byte", { value: byte }),
  "bmc.status": event(
    "bmc",
    "the BMC changed Status, Flags or BT_CTRL; the whole register afterwards",
    { status: byte },
  ),
  "bmc.code": event("bmc", "SMIC: the BMC wrote the status code", { value: byte }),
};

/** What a master does on the SMBus, one condition or byte each. */
const busOp = oneOf("start", "write", "read", "stop");
/** How it went: `lost` to another master, `timeout` over a clock that was held low. */
const busOutcome = oneOf("ack", "nack", "lost", "timeout");

const bus = {
  "host.bus": event("host", "the host moved the bus on", {
    op: busOp,
    value: byte,
    outcome: busOutcome,
    tag: count,
  }),
  "bmc.bus": event("bmc", "the BMC's slave controller saw that, of what was addressed to it", {
    op: busOp,
    value: byte,
    outcome: busOutcome,
  }),
  "bmc.alert": event("bmc", "the BMC pulled SMBALERT# (1), or let it go", { level }),
};

/** What one of the firmware's calls returns. @see OPAL API, return codes */
const opalCode = oneOf(
  "success",
  "parameter",
  "busy",
  "hardware",
  "unsupported",
  "resource",
  "empty",
);

const calls = {
  "host.opal-send": event("host", "OPAL_IPMI_SEND: the host handed the firmware a message", {
    message: bytes,
    code: opalCode,
    tag: count,
  }),
  "host.opal-recv": event(
    "host",
    "OPAL_IPMI_RECV: the host asked the firmware for a message of that `version`, and for `room` bytes. `length`: what the firmware says that it wrote; `message`: what it wrote",
    { version: byte, room: count, code: opalCode, length: count, message: bytes },
  ),
};

/** Who made a completion code; the same code means different things by maker. */
const maker = explained({
  bmc: "the BMC's application",
  "bmc-interface": "the BMC's interface",
  "host-interface": "the host's interface machine or driver",
  "host-handler": "the host's message handler",
  timer: "a timer of the host's: nobody answered",
  remote: "a controller behind the BMC, to which the request was bridged",
  unknown: "nobody wrote down who",
});

/** What the host's users do besides asking the BMC something: the seat tells, not the stack. */
const userDoes = explained({
  listens: "it receives events from here, and first those that were kept",
  "listens-no-more": "it receives none from here",
  gone: "it goes away: it is owed nothing from here, and nothing is for it",
  bridges: "its next request is for the controller that `text` names: `52h on channel 0`",
  watchdog:
    "what the watchdog is to be set to from here: `reset in 10 s`, `reset in 10 s, messaging 3 s before`, `reset in 10 s, no way out`",
  heartbeat: "the watchdog's timer is to begin anew",
  "watchdog-stop": "the watchdog's timer is to stand still",
});

const users = {
  user: event("host", "a user of the host did something that is no request of its own, below", {
    user: text,
    what: userDoes,
    text,
  }),
  request: event("host", "a request was accepted: it is owed one answer", {
    id: count,
    user: text,
    netFn: netFnField,
    lun: lunField,
    cmd: byte,
    data: bytes,
  }),
  refused: event(
    "host",
    "a request was refused, with a stable code. `id` is that of a `request` before, which is settled by this; 0 when there was none",
    { id: count, user: text, netFn: netFnField, cmd: byte, code: text },
  ),
  answer: event(
    "host",
    "the request was answered. `tag`: whose response it is by the BMC's own tag; 0 when it is not the BMC's",
    { id: count, cc: byte, maker, data: bytes, tag: count },
  ),
  delivered: event("host", "something from the BMC that nobody asked for reached a user", {
    user: text,
    what: oneOf("event", "command", "pretimeout", "oem"),
    message: bytes,
  }),
};

const hostLife = explained({
  start: "the stack starts: it knows nothing of the wire yet",
  found: "something is at the registers",
  up: "bring-up is over, users are served",
  "bring-up-failed": "it is not, and why",
  failed: "the interface gave the BMC up",
  recovery: "the interface machine begins to recover from an error",
  quiet: "the BMC is left alone after a reset; the registers must not be touched from here",
  "quiet-end": "to here",
  "firmware-changed": "the BMC is another one, or has other firmware, than before",
  "events-dropped": "events had no room",
  "watchdog-armed": "the stack says: the BMC's watchdog timer runs",
  "watchdog-unprotected": "it says: the timer may not run, and why",
  "watchdog-off": "it says: the timer was stopped on purpose",
  "watchdog-policy": "the timer could not be set up again for too long: what is done about it",
  removed: "the driver was taken away",
  inserted: "a driver came",
  shutdown: "the stack goes down",
  down: "it is down, and must not touch the registers",
  panic:
    "the host panicked with this text: the panic path takes over from whatever ran, and sends its messages",
  "panic-end":
    "it is over, and the registers must not be touched any more; `text` is `sent`, or why it gave up",
  "taken-over":
    "another host has the wire from here, between the kernel that crashed and the next: what the one before it left there is nobody's breach, and what that one had promised is over. `text` is how long it has at the most: `2000000 us`",
  "handed-on": "it is done, and touches the registers no more",
});

const hostInterface = {
  send: event("host", "the interface begins to send NetFn/LUN, Cmd and data for the request", {
    id: count,
    message: bytes,
  }),
  received: event("host", "the transfer ended with this response, which the BMC made for `tag`", {
    id: count,
    tag: count,
    message: bytes,
  }),
  run: event("host", "the interface code got the processor, or gave it back", {
    on: flag,
    cause: oneOf("timer", "irq", "kick", "poll"),
  }),
  noted: event(
    "host",
    "what has the wire between two kernels noted for the next one of a command, told before it hands the wire on. `once`: it must not be sent again once the BMC may have it; `cc`: 0 unless it was answered",
    {
      message: bytes,
      once: flag,
      outcome: oneOf(
        "answered",
        "not-taken",
        "not-answered",
        "absent",
        "out-of-time",
        "not-mapped",
      ),
      cc: byte,
    },
  ),
  host: event("host", "the life of the stack or the driver, below", { what: hostLife, text }),
};

const bmcLife = explained({
  "power-on": "power came",
  reset: "it resets; `text` is `cold` or `warm`",
  away: "it is not there",
  up: "it serves",
  hang: "its processor stands still",
  "daemon-opened": "its application has the interface's device open",
  "daemon-closed": "its application has it open no longer",
  flags:
    "the true causes of attention changed: `flags` has them in the bits of Get Message Flags (1 receive message, 2 event message buffer, 8 watchdog pre-timeout, E0h OEM). For all other `what`, what `flags` says decides nothing",
  "watchdog-expired": "the watchdog timer ran out",
  pretimeout: "the watchdog timer came to its pre-timeout",
  power: "the host system's power, as the BMC controls it",
  message:
    "a message came into the receive queue: `text` is its bytes, as Get Message will return them",
  ipmb: "something went over the IPMB behind it: `text` is `taken: BYTES` or `not taken: BYTES` of what it sent, with the receiver's address, or `came: BYTES`, with the channel and as Get Message will return it",
  sel: "an event was to be logged, other than by Add SEL Entry: `text` is `record N: BYTES`, the record as it came, or `record refused: WHY`",
});

const bmc = {
  "bmc.request": event("bmc", "the BMC's application read a whole request", {
    tag: count,
    message: bytes,
  }),
  "bmc.response": event("bmc", "it handed in the response to the request of that tag", {
    tag: count,
    message: bytes,
  }),
  "bmc.refused": event("bmc", "the BMC's interface refused what its application wanted", {
    tag: count,
    code: text,
  }),
  bmc: event("bmc", "the life of the BMC, below", { what: bmcLife, flags: byte, text }),
};

const lab = {
  fault: event(
    "lab",
    "the lab did something on purpose. `name` is the fault's name or its place in the scenario, `faults[0]`; `on` is whose doings it spoils. What acts on the wire is nobody's fault, and what acts on nobody only brings the BMC news: an event, a message. A fault without its `ends` is active to the end of the trace; one that acts once has both",
    { name: text, what: oneOf("fires", "ends"), on: oneOf("wire", "bmc", "host", "nobody"), text },
  ),
  gap: event(
    "lab",
    "who wrote this down lost what happened here: nothing before it says anything of what comes after",
    { text },
  ),
  console: event("guest", "a line of the guest's console", { text }),
  guest: event("guest", "a console line that means trouble in the guest's kernel", {
    what: oneOf("hung-task", "lockup", "bug", "oops", "panic", "list-corruption", "warning"),
    text,
  }),
  end: event("lab", "the last event, and why it is", {
    why: explained({
      done: "the workload was done",
      time: "its time was up",
      "guest-ended": "the guest ended",
      interrupted: "it was ended by hand, or a program that played in it died",
    }),
  }),
};

/** The events by the page's sections. */
export const EVENT_GROUPS = {
  registers,
  bus,
  calls,
  users,
  "host-interface": hostInterface,
  "bmc-application": bmc,
  lab,
};

/** The groups of events that a witness may tell of besides the wire. */
export const TELLABLE = ["users", "host-interface", "bmc-application"] as const;

/** All events by name. */
export const EVENTS = {
  ...registers,
  ...bus,
  ...calls,
  ...users,
  ...hostInterface,
  ...bmc,
  ...lab,
};
