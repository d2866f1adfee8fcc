import type { Answer, RequestSpec } from "../host/index.ts";
import { Cc } from "../ipmi/completion.ts";
import { encodeRequest, encodeResponse, hex, responseNetFn } from "../ipmi/message.ts";
import { RealScheduler } from "../time/real.ts";
import { Tracer, type TraceSink } from "../trace/tracer.ts";
import type { KernelDevice } from "./kernel-device.ts";
import { requestBy, type Target } from "./target.ts";

/**
 * Codes that Linux's drivers make themselves, each with their message handler's for a request that it carried:
 * a hosed interface (82h), a busy one, a time-out, an answer cut short, a request too long for the
 * interface, a state machine that is at something else, an answer that belongs to nothing.
 */
const OF_DRIVERS: readonly number[] = [
  ...[0x82, Cc.NodeBusy, Cc.Timeout, Cc.RequestTruncated, Cc.RequestLengthExceeded],
  ...[Cc.NotSupportedInState, Cc.Unspecified],
];

/** Whether an answer's completion code is the BMC's own: no driver of Linux's makes it. */
export function isOfBmc({ maker, cc }: Pick<Answer, "maker" | "cc">): boolean {
  return maker === "bmc" || (maker === "unknown" && !OF_DRIVERS.includes(cc));
}

/**
 * The kernel's own driver as a target. Its trace has the messages, and no wire: what was asked, and what the BMC
 * said to it. Where the kernel's driver may have made the answer the trace has a gap.
 */
export class KernelTarget implements Target {
  readonly name: string;
  readonly #device: Pick<KernelDevice, "submit" | "close">;
  readonly #tracer: Tracer;
  #closed = false;

  constructor(
    name: string,
    device: Pick<KernelDevice, "submit" | "close">,
    sink: TraceSink | undefined,
  ) {
    this.name = name;
    const scheduler = new RealScheduler();
    this.#tracer = new Tracer(() => scheduler.now());
    if (sink !== undefined) this.#tracer.attach(sink);
    this.#device = device;
  }

  submit: Target["submit"] = (spec, answered, failed = () => {}) => {
    const id = this.#device.submit(
      spec,
      (answer) => {
        this.#tellAnswer(spec, answer);
        answered(answer);
      },
      (error) => {
        this.#tellNothing("no answer came");
        failed(error);
      },
    );
    if (ofBmcItself(spec)) {
      const { netFn, lun = 0, cmd, data = NO_DATA } = spec;
      const message = encodeRequest({ netFn, lun, cmd, data });
      this.#tracer.emit({ e: "bmc.request", tag: id, message });
    }
    return id;
  };

  readonly request = requestBy(this.submit);

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#device.close();
    this.#tracer.emit({ e: "end", why: "done" });
  }

  /** The kernel has seen that NetFn and command are the request's. */
  #tellAnswer(spec: RequestSpec, answer: Answer): void {
    if (!ofBmcItself(spec)) return;
    const { id, netFn, cmd, cc, data } = answer;
    if (!isOfBmc(answer))
      return this.#tellNothing(`who made ${hex(Uint8Array.of(cc))}h is not told`);
    const message = encodeResponse({
      netFn: responseNetFn(netFn),
      lun: spec.lun ?? 0,
      cmd,
      cc,
      data,
    });
    this.#tracer.emit({ e: "bmc.response", tag: id, message });
  }

  #tellNothing(text: string): void {
    this.#tracer.emit({ e: "gap", text });
  }
}

const NO_DATA: Uint8Array = new Uint8Array(0);

/** What is for another controller is carried by Send Message, which the kernel makes. */
function ofBmcItself({ address }: RequestSpec): boolean {
  return address === undefined || address.kind === "system-interface";
}
