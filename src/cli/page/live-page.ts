import type { TraceHead } from "../../trace/head.ts";
import type { TraceSink } from "../../trace/tracer.ts";
import { untilInterrupted } from "../interruptible.ts";
import { sayError } from "../say.ts";
import { pageScript } from "./html.ts";
import { PackedTrace } from "./packed-trace.ts";
import { PageServer } from "./serving.ts";

/** So often the page gets what happened since. */
const HURRY_MS = 250;

/**
 * The page of a match that is to be played, served on loopback from before its first event: whoever looks gets
 * what has happened, and then the rest as it happens. Zeros stand for passwords and keys.
 */
export class LivePage {
  readonly #server: PageServer;
  #packed: PackedTrace | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Who asks for the trace before it begins. */
  #waiting: ((packed: PackedTrace) => void)[] = [];

  /** `name`: the match's, by which the trace is saved. */
  constructor(name: string) {
    const files = [`${name}.trace.jsonl.gz`];
    const about = { files, block: "", remarks: [], unmasked: false };
    this.#server = new PageServer(pageScript("page"), [
      {
        about,
        packed: (follower) => {
          if (this.#packed === undefined) this.#waiting.push((packed) => packed.follow(follower));
          else this.#packed.follow(follower);
        },
      },
    ]);
  }

  /** Gives the page's address. */
  async listen(): Promise<string> {
    const [address = ""] = await this.#server.listen(0);
    return address;
  }

  begin(head: TraceHead): TraceSink {
    const packed = new PackedTrace(head);
    this.#packed = packed;
    for (const waiting of this.#waiting.splice(0)) waiting(packed);
    this.#timer = setInterval(() => packed.hurry(), HURRY_MS);
    return packed;
  }

  /** The match is over. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#packed?.end();
  }

  /** The page is there until Ctrl-C. */
  async stay(): Promise<void> {
    await this.end();
    const { differs = [] } = this.#packed ?? {};
    if (differs.length > 0) {
      const why = "which shows no passwords and keys, judges otherwise without them";
      sayError(`the page, ${why}: ${differs.join(", ")}`);
    }
    sayError("the page is there until Ctrl-C");
    await untilInterrupted();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#server.close();
  }
}
