import type { Dispatch, Interposer } from "../../bmc/daemon.ts";
import { RESPONSE_BIT } from "../../ipmi/message.ts";
import type { AnswerFault, AnswerValues } from "../../scenario/vocabulary/answer.ts";
import { type Acts, act } from "../../scenario/vocabulary/choice.ts";
import type { Active } from "./active.ts";

/** A message fault that was begun. */
interface Acting extends Active {
  readonly fault: AnswerFault;
  left: number;
  /** Some response was changed by it. */
  acted: boolean;
  /** The response to the request before. */
  before: Uint8Array | undefined;
  readonly ended: () => void;
}

const ORDINARY = { delayUs: 0, copies: 1 } as const;

/** Changes the BMC's responses on orders. The latest fault that matches a request decides. */
export class MessageFaults {
  private readonly _acting: Acting[] = [];

  /** Lets a fault act until it is ended or used up. */
  inject(fault: AnswerFault, ended: () => void): Active {
    const acting: Acting = {
      fault,
      left: fault.times ?? Number.POSITIVE_INFINITY,
      acted: false,
      before: undefined,
      ended,
      end: () => this.#end(acting),
    };
    this._acting.unshift(acting);
    return acting;
  }

  readonly interposer: Interposer = (request, response) => {
    const acting = this._acting.find(({ fault }) => matches(fault, request));
    if (acting === undefined) return { response, ...ORDINARY };
    acting.left--;
    acting.acted = true;
    if (acting.left <= 0) this.#end(acting);
    const { before } = acting;
    acting.before = response;
    return distort(acting.fault, { request, response, before });
  };

  #end(acting: Acting): void {
    const at = this._acting.indexOf(acting);
    if (at < 0) return;
    this._acting.splice(at, 1);
    acting.ended();
  }
}

function matches(fault: AnswerFault, request: Uint8Array): boolean {
  if (fault.to === "any") return true;
  return fault.to.netFn === (request[0] ?? 0) >> 2 && fault.to.cmd === request[1];
}

/** A response that was to be given, and the request that it answers. */
interface Answered {
  readonly head: readonly [number, number];
  readonly response: Uint8Array | undefined;
  /** The response to the request before it. */
  readonly before: Uint8Array | undefined;
}

function distort(
  { to: _to, times: _times, ...word }: AnswerFault,
  { request, ...answer }: Omit<Answered, "head"> & { readonly request: Uint8Array },
): Dispatch {
  const head = [(request[0] ?? 0) | RESPONSE_BIT, request[1] ?? 0] as const;
  return act(ACTS, word, { head, ...answer });
}

const ACTS: Acts<AnswerValues, [Answered], Dispatch> = {
  silence: () => instead(undefined),
  delay: (delayUs, { response }) => ({ response, delayUs, copies: 1 }),
  duplicate: (_yes, { response }) => ({ response, delayUs: 0, copies: 2 }),
  "one-late": (_yes, { before }) => instead(before),
  bytes: (bytes) => instead(bytes),
  code: (code, { head }) => instead(Uint8Array.of(...head, code)),
  data: (data, { head }) => instead(Uint8Array.of(...head, 0, ...data)),
  netfn: (netFn, answered) => {
    const bytes = copyOf(answered);
    bytes[0] = (netFn << 2) | ((bytes[0] ?? 0) & 0x03);
    return instead(bytes);
  },
  cmd: (cmd, answered) => {
    const bytes = copyOf(answered);
    bytes[1] = cmd;
    return instead(bytes);
  },
  length: (length, answered) => {
    const cut = new Uint8Array(length);
    cut.set(copyOf(answered).subarray(0, length));
    return instead(cut);
  },
};

function instead(response: Uint8Array | undefined): Dispatch {
  return { response, ...ORDINARY };
}

function copyOf({ head, response }: Answered): Uint8Array {
  return Uint8Array.from(response ?? head);
}
