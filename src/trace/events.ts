/**
 * What can happen in a match. One flat record each; `e` says which. Every event carries a number
 * `n` (0, 1, 2, ...) and a time `t` in µs. `docs/trace.md` specifies the same for other readers.
 */
export type Body =
  | HostRead
  | HostWrite
  | InterruptLine
  | BmcRead
  | BmcWrite
  | BmcStatus
  | BmcCode
  | HostBus
  | BmcBus
  | BmcAlert
  | RequestAccepted
  | RequestRefused
  | TransferBegun
  | TransferEnded
  | AnswerGiven
  | EventDelivered
  | HostLife
  | HostRun
  | BmcRequest
  | BmcResponse
  | BmcRefusal
  | BmcLife
  | FaultEvent
  | ConsoleLine
  | GuestTrouble
  | MatchEnd;

export type TraceEvent = Body & { readonly n: number; readonly t: number };
export type EventName = Body["e"];

/**
 * Who made a completion code; the same code means different things by maker. `remote` is a
 * controller behind the BMC, to which the request was bridged.
 */
export type Maker =
  | "bmc"
  | "bmc-interface"
  | "host-interface"
  | "host-handler"
  | "timer"
  | "remote";

/**
 * A register as the host's driver knows it. KCS: `data`, `status` when read, `command` when
 * written. SMIC: `data`, `control` (control code, status code), `flags`. BT: `control` (BT_CTRL),
 * `data` (the FIFOs), `intmask`. @see IPMI 2.0 §9.5, §10.2, §11.6
 */
export type HostRegister = "data" | "status" | "command" | "control" | "flags" | "intmask";

/** The host read a register, and saw `value` (after the wire's faults). */
export interface HostRead {
  readonly e: "host.read";
  readonly reg: HostRegister;
  readonly value: number;
}

/** The host wrote a register (`value` before the wire's faults). `tag`: whose request it sends. */
export interface HostWrite {
  readonly e: "host.write";
  readonly reg: HostRegister;
  readonly value: number;
  readonly tag: number;
}

/** The interrupt line as the host sees it; on an SMBus 1 says that SMBALERT# is pulled. */
export interface InterruptLine {
  readonly e: "irq";
  readonly level: 0 | 1;
}

/**
 * The BMC took an input byte. `command`: KCS, C/D# was 1; SMIC, it is the control code. BT: a byte
 * of the FIFO.
 */
export interface BmcRead {
  readonly e: "bmc.read";
  readonly value: number;
  readonly command: boolean;
}

/** The BMC gave an output byte: a data register, or the FIFO of BT. */
export interface BmcWrite {
  readonly e: "bmc.write";
  readonly value: number;
}

/** The BMC changed KCS Status, SMIC Flags or BT_CTRL; `status` is the whole register afterwards. */
export interface BmcStatus {
  readonly e: "bmc.status";
  readonly status: number;
}

/** The BMC wrote SMIC's status code. */
export interface BmcCode {
  readonly e: "bmc.code";
  readonly value: number;
}

/** What a master does on the SMBus, one condition or byte each. */
export type BusOp = "start" | "write" | "read" | "stop";

/** How it went: `lost` to another master, `timeout` over a clock that was held low. */
export type BusOutcome = "ack" | "nack" | "lost" | "timeout";

/**
 * The host moved the SMBus on by a START with its address byte, by a byte, or by a STOP (then
 * `value` is 0). `outcome`: of a byte read the host's own acknowledgement, else the slave's, as
 * the host saw them. `tag`: whose request it sends.
 */
export interface HostBus {
  readonly e: "host.bus";
  readonly op: BusOp;
  readonly value: number;
  readonly outcome: BusOutcome;
  readonly tag: number;
}

/** The same as the BMC's slave controller saw it: what was not addressed to it is not there. */
export interface BmcBus {
  readonly e: "bmc.bus";
  readonly op: BusOp;
  readonly value: number;
  readonly outcome: BusOutcome;
}

/** The BMC pulled SMBALERT# (`level` 1), or let it go. */
export interface BmcAlert {
  readonly e: "bmc.alert";
  readonly level: 0 | 1;
}

/** A host's user handed in a request that was accepted: from now on it is owed one answer. */
export interface RequestAccepted {
  readonly e: "request";
  readonly id: number;
  readonly user: string;
  readonly netFn: number;
  readonly lun: number;
  readonly cmd: number;
  readonly data: Uint8Array;
}

/**
 * A host's user handed in a request that was refused at once, with a stable code. `id` is that of
 * a `request` event before, which is settled with this; 0 when there was none.
 */
export interface RequestRefused {
  readonly e: "refused";
  readonly id: number;
  readonly user: string;
  readonly netFn: number;
  readonly cmd: number;
  readonly code: string;
}

/** The host's system interface starts to send a message for request `id`. */
export interface TransferBegun {
  readonly e: "send";
  readonly id: number;
  readonly message: Uint8Array;
}

/** The transfer for `id` ended with the response `message`, which the BMC made for request `tag`. */
export interface TransferEnded {
  readonly e: "received";
  readonly id: number;
  readonly tag: number;
  readonly message: Uint8Array;
}

/** Request `id` was answered: completion code `cc` by `maker`, and the data after it. */
export interface AnswerGiven {
  readonly e: "answer";
  readonly id: number;
  readonly cc: number;
  readonly maker: Maker;
  readonly data: Uint8Array;
  /** The request whose response this is by the BMC's own tag; 0 when it is not the BMC's. */
  readonly tag: number;
}

/** An asynchronous message from the BMC reached a user: an event, a command, a pre-timeout. */
export interface EventDelivered {
  readonly e: "delivered";
  readonly user: string;
  readonly what: "event" | "command" | "pretimeout" | "oem";
  readonly message: Uint8Array;
}

/** The life of the host's stack or driver. */
export interface HostLife {
  readonly e: "host";
  readonly what:
    | "start"
    | "up"
    | "bring-up-failed"
    | "failed"
    | "found"
    | "quiet"
    | "quiet-end"
    | "recovery"
    | "firmware-changed"
    | "events-dropped"
    | "watchdog-armed"
    | "watchdog-unprotected"
    | "watchdog-off"
    | "watchdog-policy"
    | "removed"
    | "inserted"
    | "shutdown"
    | "down"
    | "panic"
    | "panic-end";
  readonly text: string;
}

/** The host's interface code got the processor (`on`) or gave it back; its accesses lie between. */
export interface HostRun {
  readonly e: "run";
  readonly on: boolean;
  readonly cause: "timer" | "irq" | "kick" | "poll";
}

/** The BMC's application read a whole request, which carries `tag`. */
export interface BmcRequest {
  readonly e: "bmc.request";
  readonly tag: number;
  readonly message: Uint8Array;
}

/** The BMC's application handed in the response to the request that carried `tag`. */
export interface BmcResponse {
  readonly e: "bmc.response";
  readonly tag: number;
  readonly message: Uint8Array;
}

/** The BMC's interface refused its own application (a late answer, a wrong phase, ...). */
export interface BmcRefusal {
  readonly e: "bmc.refused";
  readonly tag: number;
  readonly code: string;
}

/** The life of the BMC. */
export interface BmcLife {
  readonly e: "bmc";
  readonly what:
    | "power-on"
    | "reset"
    | "away"
    | "up"
    | "hang"
    | "daemon-opened"
    | "daemon-closed"
    | "flags"
    | "watchdog-expired"
    | "pretimeout"
    | "power"
    | "sel";
  /** For `flags`: the true causes of attention, in the bits of Get Message Flags. Else 0. */
  readonly flags: number;
  readonly text: string;
}

/** The lab did something on purpose. `name` is the fault's place in the scenario: `faults[0]`. */
export interface FaultEvent {
  readonly e: "fault";
  readonly name: string;
  readonly what: "fires" | "ends";
  /** What it acts on: the wire is nobody's fault, `bmc` and `host` are that party's. */
  readonly on: "wire" | "bmc" | "host";
  readonly text: string;
}

/** A line of the guest's console. */
export interface ConsoleLine {
  readonly e: "console";
  readonly text: string;
}

/** A console line that means that the guest's kernel is in trouble. */
export interface GuestTrouble {
  readonly e: "guest";
  readonly what: "hung-task" | "lockup" | "bug" | "oops" | "panic" | "list-corruption" | "warning";
  readonly text: string;
}

/** The last event: the workload was done, or its time was up, or the guest ended. */
export interface MatchEnd {
  readonly e: "end";
  readonly why: "done" | "time" | "guest-ended" | "interrupted";
}
