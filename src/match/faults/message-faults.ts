import type { Dispatch, Interposer } from "../../bmc/daemon.ts";
import type { AnswerFault } from "../../scenario/schema.ts";

/** A message fault that acts now. */
interface Acting {
  readonly fault: AnswerFault;
  left: number;
  readonly ended: () => void;
}

const ORDINARY = { delayUs: 0, copies: 1 } as const;

/** Changes the BMC's responses on orders. The latest fault that matches a request decides. */
export class MessageFaults {
  readonly #acting: Acting[] = [];

  /** Lets a fault act until it is ended or used up. Returns what ends it. */
  inject(fault: AnswerFault, ended: () => void): () => void {
    const acting: Acting = { fault, left: fault.times ?? Number.POSITIVE_INFINITY, ended };
    this.#acting.unshift(acting);
    return () => this.#end(acting);
  }

  readonly interposer: Interposer = (request, response) => {
    const acting = this.#acting.find(({ fault }) => matches(fault, request));
    if (acting === undefined) return { response, ...ORDINARY };
    acting.left--;
    if (acting.left <= 0) this.#end(acting);
    return distort(acting.fault, request, response);
  };

  #end(acting: Acting): void {
    const at = this.#acting.indexOf(acting);
    if (at < 0) return;
    this.#acting.splice(at, 1);
    acting.ended();
  }
}

function matches(fault: AnswerFault, request: Uint8Array): boolean {
  if (fault.to === "any") return true;
  return fault.to.netFn === (request[0] ?? 0) >> 2 && fault.to.cmd === request[1];
}

function distort(
  fault: AnswerFault,
  request: Uint8Array,
  response: Uint8Array | undefined,
): Dispatch {
  if (fault.silence === true) return { response: undefined, ...ORDINARY };
  if (fault.delay !== undefined) return { response, delayUs: fault.delay, copies: 1 };
  if (fault.duplicate === true) return { response, delayUs: 0, copies: 2 };
  return { response: changed(fault, request, response), ...ORDINARY };
}

function changed(
  fault: AnswerFault,
  request: Uint8Array,
  response: Uint8Array | undefined,
): Uint8Array {
  const head = [(request[0] ?? 0) | 0x04, request[1] ?? 0];
  if (fault.bytes !== undefined) return fault.bytes;
  if (fault.code !== undefined) return Uint8Array.of(...head, fault.code);
  if (fault.data !== undefined) return Uint8Array.of(...head, 0, ...fault.data);
  const bytes = Uint8Array.from(response ?? head);
  if (fault.netfn !== undefined) bytes[0] = (fault.netfn << 2) | ((bytes[0] ?? 0) & 0x03);
  if (fault.cmd !== undefined) bytes[1] = fault.cmd;
  if (fault.length === undefined) return bytes;
  const cut = new Uint8Array(fault.length);
  cut.set(bytes.subarray(0, fault.length));
  return cut;
}
