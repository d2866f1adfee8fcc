import { responseWithoutSecret, withoutSecret } from "../ipmi/secrets.ts";
import { type Finding, Referee, type RefereeHead, type Transfer } from "../referee/index.ts";
import type { EventOf, TraceEvent } from "../trace/events.ts";
import type { TraceSink } from "../trace/tracer.ts";
import type { MaskOptions } from "./exporter.ts";

/** A message that went over the wire. */
export interface Sent {
  /** The transfer's number in the trace, from 1. */
  readonly transfer: number;
  readonly toBmc: boolean;
  /** NetFn and LUN first, of a response with its completion code. Secrets are zeros. */
  readonly message: Uint8Array;
  readonly atUs: number;
  /** What the referee finds wrong by then, since the message before. */
  readonly findings: readonly Finding[];
}

/** Who is told of what is in a trace. */
export interface Listener {
  message(sent: Sent): void;
  /** A fault, a reset, a panic, a gap, a finding of which no message tells. */
  line(text: string, atUs: number): void;
  /** A transfer is over: with a response or, `undefined`, without. */
  over(transfer: number, atUs: number): void;
}

/** A transfer that is over. */
interface Ended {
  readonly number: number;
  readonly request: Uint8Array;
  readonly response: Uint8Array | undefined;
}

/** The messages of a trace, as the wire shows them, with what else a reader of them has to know. */
export class Traffic implements TraceSink {
  readonly #listener: Listener;
  readonly #referee: Referee;
  readonly #unmasked: boolean;
  /** The last transfer whose request was told of. */
  #told = 0;
  /** Those of which no message tells yet. */
  #findings: Finding[] = [];
  #found = 0;
  #nowUs = 0;
  readonly #ended: Ended[] = [];

  constructor(head: RefereeHead, listener: Listener, { unmasked = false }: MaskOptions = {}) {
    this.#listener = listener;
    this.#unmasked = unmasked;
    this.#referee = new Referee(head, undefined, (...ended) => this.#over(...ended));
  }

  event(event: TraceEvent): void {
    this.#nowUs = event.t;
    this.#referee.event(event);
    this.#find(event.n);
    if (this.#ended.length > 0) {
      for (const ended of this.#ended) this.#tellEnd(ended);
      this.#ended.length = 0;
    }
    const { transfer, number } = this.#referee.scene;
    if (transfer.sent && number > this.#told) this.#request(transfer, number);
    const text = lineOf(event);
    if (text !== undefined) this.#listener.line(text, event.t);
    if (event.e === "end") this.#tellFindings();
  }

  #request(transfer: Transfer, number: number): void {
    this.#told = number;
    // A response that is read once more has no request of its own.
    if (transfer.again) return;
    const request = transfer.request.copy();
    const message = this.#unmasked ? request : withoutSecret(request);
    this.#tell({ transfer: number, toBmc: true, message });
  }

  /** The object is used again, and what is wrong with it the referee has not found yet. */
  #over(transfer: Transfer, number: number): void {
    const whole = transfer.complete && transfer.response.length > 0;
    const [request, response] = [transfer.request.copy(), transfer.response.copy()];
    this.#ended.push({ number, request, response: whole ? response : undefined });
  }

  #tellEnd({ number, request, response }: Ended): void {
    if (response !== undefined) {
      const message = this.#unmasked ? response : responseWithoutSecret(request, response);
      this.#tell({ transfer: number, toBmc: false, message });
    }
    this.#listener.over(number, this.#nowUs);
  }

  #tell(sent: Omit<Sent, "atUs" | "findings">): void {
    const findings = this.#findings;
    this.#findings = [];
    this.#listener.message({ ...sent, atUs: this.#nowUs, findings });
  }

  #find(n: number): void {
    const { found } = this.#referee;
    if (found === this.#found) return;
    this.#found = found;
    const { violations, notes } = this.#referee.verdict();
    this.#findings.push(...[...violations, ...notes].filter((each) => each.n === n));
  }

  #tellFindings(): void {
    for (const found of this.#findings) this.#listener.line(findingText(found), this.#nowUs);
    this.#findings = [];
  }
}

/** A finding in one line. */
export function findingText({ rule, party, seat, n, detail }: Finding): string {
  return `${rule} ${party} (${seat}), event ${n}: ${detail}`;
}

/** What a reader of messages has to know besides; undefined of all else. */
function lineOf(event: TraceEvent): string | undefined {
  switch (event.e) {
    case "fault":
      return `fault ${event.name} ${event.what}: ${event.text}`;
    case "bmc":
      return TOLD_OF_BMC.has(event.what) ? lifeText("BMC", event) : undefined;
    case "host":
      return TOLD_OF_HOST.has(event.what) ? lifeText("host", event) : undefined;
    case "gap":
      return `lost: ${event.text}`;
    case "guest":
      return `guest: ${event.what}, ${event.text}`;
    default:
      return undefined;
  }
}

const TOLD_OF_BMC: ReadonlySet<string> = new Set([
  ...["power-on", "reset", "away", "up", "hang", "daemon-opened", "daemon-closed"],
  ...["watchdog-expired", "pretimeout", "power"],
]);
const TOLD_OF_HOST: ReadonlySet<string> = new Set([
  ...["start", "up", "bring-up-failed", "failed", "recovery", "removed", "inserted"],
  ...["shutdown", "down", "panic", "panic-end", "taken-over", "handed-on"],
]);

function lifeText(who: string, { what, text }: EventOf<"bmc" | "host">): string {
  return text === "" ? `${who}: ${what}` : `${who}: ${what}, ${text}`;
}
