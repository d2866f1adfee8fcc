import type { Automaton, Context, RefereeHead, Rule } from "./rule.ts";

/** Hands the event to each handler. */
export function call<E>(handlers: readonly ((event: E) => void)[], event: E): void {
  for (let i = 0; i < handlers.length; i++) handlers[i]?.(event);
}

type Handler<K extends keyof Automaton> = NonNullable<Automaton[K]>;

/** The automata's handlers, gathered by kind of event, so that none is asked in vain. */
export class Dispatch {
  /** The number of rules with an automaton that listens to anything in this match. */
  readonly active: number;
  readonly hostRead: Handler<"hostRead">[];
  readonly hostWrite: Handler<"hostWrite">[];
  readonly hostStatus: Handler<"hostStatus">[];
  readonly hostData: Handler<"hostData">[];
  readonly hostWriteCommand: Handler<"hostWriteCommand">[];
  readonly hostWriteData: Handler<"hostWriteData">[];
  readonly irq: Handler<"irq">[];
  readonly bmcRead: Handler<"bmcRead">[];
  readonly bmcWrite: Handler<"bmcWrite">[];
  readonly bmcStatus: Handler<"bmcStatus">[];
  readonly bmcCode: Handler<"bmcCode">[];
  readonly hostBus: Handler<"hostBus">[];
  readonly bmcBus: Handler<"bmcBus">[];
  readonly bmcAlert: Handler<"bmcAlert">[];
  readonly request: Handler<"request">[];
  readonly refused: Handler<"refused">[];
  readonly send: Handler<"send">[];
  readonly received: Handler<"received">[];
  readonly answer: Handler<"answer">[];
  readonly hostLife: Handler<"hostLife">[];
  readonly run: Handler<"run">[];
  readonly bmcRequest: Handler<"bmcRequest">[];
  readonly bmcResponse: Handler<"bmcResponse">[];
  readonly bmcRefused: Handler<"bmcRefused">[];
  readonly bmcLife: Handler<"bmcLife">[];
  readonly guest: Handler<"guest">[];
  readonly end: Handler<"end">[];
  readonly step: Handler<"step">[];
  readonly change: Handler<"change">[];
  readonly output: Handler<"output">[];
  readonly handshake: Handler<"handshake">[];
  readonly offered: Handler<"offered">[];
  readonly fetched: Handler<"fetched">[];
  readonly given: Handler<"given">[];
  readonly hostBlock: Handler<"hostBlock">[];
  readonly bmcBlock: Handler<"bmcBlock">[];
  readonly alertResponse: Handler<"alertResponse">[];
  readonly transfer: Handler<"transfer">[];
  readonly exchange: Handler<"exchange">[];
  readonly inputStuck: Handler<"inputStuck">[];
  readonly pause: Handler<"pause">[];
  readonly trespass: Handler<"trespass">[];
  readonly recovery: Handler<"recovery">[];

  constructor(book: readonly Rule[], head: RefereeHead, context: (rule: Rule) => Context) {
    const automata: Automaton[] = [];
    for (const rule of book) {
      if (!rule.observable || (rule.on ?? head.interface) !== head.interface) continue;
      const automaton = seeing(rule.automaton(context(rule)), head.taps);
      if (Object.keys(automaton).length > 0) automata.push(automaton);
    }
    this.active = automata.length;
    this.hostRead = gather(automata, "hostRead");
    this.hostWrite = gather(automata, "hostWrite");
    this.hostStatus = gather(automata, "hostStatus");
    this.hostData = gather(automata, "hostData");
    this.hostWriteCommand = gather(automata, "hostWriteCommand");
    this.hostWriteData = gather(automata, "hostWriteData");
    this.irq = gather(automata, "irq");
    this.bmcRead = gather(automata, "bmcRead");
    this.bmcWrite = gather(automata, "bmcWrite");
    this.bmcStatus = gather(automata, "bmcStatus");
    this.bmcCode = gather(automata, "bmcCode");
    this.hostBus = gather(automata, "hostBus");
    this.bmcBus = gather(automata, "bmcBus");
    this.bmcAlert = gather(automata, "bmcAlert");
    this.request = gather(automata, "request");
    this.refused = gather(automata, "refused");
    this.send = gather(automata, "send");
    this.received = gather(automata, "received");
    this.answer = gather(automata, "answer");
    this.hostLife = gather(automata, "hostLife");
    this.run = gather(automata, "run");
    this.bmcRequest = gather(automata, "bmcRequest");
    this.bmcResponse = gather(automata, "bmcResponse");
    this.bmcRefused = gather(automata, "bmcRefused");
    this.bmcLife = gather(automata, "bmcLife");
    this.guest = gather(automata, "guest");
    this.end = gather(automata, "end");
    this.step = gather(automata, "step");
    this.change = gather(automata, "change");
    this.output = gather(automata, "output");
    this.handshake = gather(automata, "handshake");
    this.offered = gather(automata, "offered");
    this.fetched = gather(automata, "fetched");
    this.given = gather(automata, "given");
    this.hostBlock = gather(automata, "hostBlock");
    this.bmcBlock = gather(automata, "bmcBlock");
    this.alertResponse = gather(automata, "alertResponse");
    this.transfer = gather(automata, "transfer");
    this.exchange = gather(automata, "exchange");
    this.inputStuck = gather(automata, "inputStuck");
    this.pause = gather(automata, "pause");
    this.trespass = gather(automata, "trespass");
    this.recovery = gather(automata, "recovery");
  }
}

const HOST_FACE = [
  "hostRead",
  "hostWrite",
  "hostStatus",
  "hostData",
  "hostWriteCommand",
  "hostWriteData",
  "hostBus",
  "offered",
  "fetched",
  "hostBlock",
  "alertResponse",
  "transfer",
  "inputStuck",
  "pause",
  "trespass",
  "recovery",
] as const;
const BMC_FACE = ["bmcRead", "bmcWrite", "bmcStatus", "bmcCode", "bmcBus", "bmcAlert"] as const;

/** The automaton without the handlers for events that a face not tapped will never bring. */
function seeing(automaton: Automaton, taps: RefereeHead["taps"]): Automaton {
  const seen = { ...automaton };
  if (!taps.host) for (const kind of HOST_FACE) delete seen[kind];
  if (!taps.bmc) for (const kind of BMC_FACE) delete seen[kind];
  return seen;
}

function gather<K extends keyof Automaton>(automata: readonly Automaton[], kind: K) {
  const handlers: Handler<K>[] = [];
  for (const automaton of automata) {
    const handler = automaton[kind];
    if (handler !== undefined) handlers.push(handler);
  }
  return handlers;
}
