import { constants, createGzip } from "node:zlib";
import { Masking } from "../../explain/index.ts";
import { type Finding, Referee, type Verdict } from "../../referee/index.ts";
import type { TraceEvent } from "../../trace/events.ts";
import type { TraceHead, TransportKind } from "../../trace/head.ts";
import { encodeEvent, encodeHead } from "../../trace/jsonl.ts";
import type { TraceSink } from "../../trace/tracer.ts";

/** Lines are gathered up to this many characters before they are packed. */
const CHUNK = 1 << 16;

/** Is told of the next piece; undefined of none any more. */
type Follower = (piece: Buffer | undefined) => void;

/**
 * A trace on its way into a page: packed by gzip, zeros in place of what is secret. The page judges what
 * it has, so the trace is judged here with its secrets and without, and `differs` tells whether that is
 * the same.
 */
export class PackedTrace implements TraceSink {
  readonly interface: TransportKind;
  readonly #gzip = createGzip();
  readonly #pieces: Buffer[] = [];
  readonly #masking: Masking | undefined;
  readonly #whole: Referee;
  readonly #masked: Referee;
  #text: string;
  #hides = false;
  /** Who is told of each piece; nobody any more when all is packed. */
  #followers: Follower[] = [];
  #ended = false;

  constructor(head: TraceHead, { unmasked = false }: { readonly unmasked?: boolean } = {}) {
    this.interface = head.interface;
    this.#masking = unmasked ? undefined : new Masking(head.interface);
    this.#whole = new Referee(head, unmasked ? [] : undefined);
    this.#masked = new Referee(head, unmasked ? [] : undefined);
    this.#gzip.on("data", (piece: Buffer) => {
      this.#pieces.push(piece);
      for (const follower of this.#followers) follower(piece);
    });
    this.#text = `${encodeHead(head)}\n`;
  }

  event(event: TraceEvent): void {
    const { event: shown = event, masked = false } = this.#masking?.of(event) ?? {};
    if (masked) this.#hides = true;
    this.#whole.event(event);
    this.#masked.event(shown);
    this.#text += `${encodeEvent(shown)}\n`;
    if (this.#text.length >= CHUNK) this.#flush();
  }

  /** Is told of every piece, those before this with them, and then of the end. */
  follow(follower: Follower): void {
    for (const piece of this.#pieces) follower(piece);
    if (this.#ended) follower(undefined);
    else this.#followers.push(follower);
  }

  /** Packs what came by now so that who follows can read it. */
  hurry(): void {
    if (this.#text === "") return;
    this.#flush();
    this.#gzip.flush(constants.Z_SYNC_FLUSH);
  }

  /** All of it, packed. */
  async end(): Promise<Buffer> {
    this.#flush();
    await new Promise<void>((resolve, reject) => {
      this.#gzip.on("end", resolve);
      this.#gzip.on("error", reject);
      this.#gzip.end();
    });
    this.#ended = true;
    for (const follower of this.#followers.splice(0)) follower(undefined);
    return Buffer.concat(this.#pieces);
  }

  /** The rules of which the referee says something else when it does not see what is secret. */
  get differs(): readonly string[] {
    if (!this.#hides) return [];
    return differences(this.#whole.verdict(), this.#masked.verdict());
  }

  #flush(): void {
    this.#gzip.write(this.#text);
    this.#text = "";
  }
}

function differences(a: Verdict, b: Verdict): string[] {
  const [one, other] = [findingsOf(a), findingsOf(b)];
  const keys = [...one.keys(), ...other.keys()].filter((key) => one.has(key) !== other.has(key));
  return [...new Set(keys.map((key) => one.get(key) ?? other.get(key) ?? ""))];
}

/** What was found but for its words, which may tell a secret, and the rule of each. */
function findingsOf({ violations, notes }: Verdict): ReadonlyMap<string, string> {
  const keyed = (kind: string) => (found: Finding) => {
    const { rule, party, n, count, orders, wire, follows } = found;
    return [JSON.stringify([kind, rule, party, n, count, orders, wire, follows]), rule] as const;
  };
  return new Map([...violations.map(keyed("violation")), ...notes.map(keyed("note"))]);
}
