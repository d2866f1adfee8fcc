import type { AnyCommandLayout, CommandLayout } from "../ipmi/command-layout.ts";
import { commandName } from "../ipmi/command-table.ts";
import { Malformed, REQUEST_BYTES_MIN, RESPONSE_BYTES_MIN } from "../ipmi/message.ts";
import type { Layout } from "../ipmi/record.ts";

const OK = 0;

/**
 * One request as the BMC's application had it, and the response as it gave it: what was said, however
 * it went over the wire.
 */
export class Dialogue {
  readonly request: Uint8Array;
  /** Empty when there was none, or it is not known. */
  readonly response: Uint8Array;
  /**
   * Whether it is known that the request was carried out, when, and with what outcome. When not, it may
   * have changed what it can change, or may do so yet.
   */
  readonly clear: boolean;
  /**
   * By the BMC's own messages: then its life is told, too, and nobody else changes what it holds without
   * a word in the trace.
   */
  readonly witnessed: boolean;
  /** A fault that the scenario works on the BMC may have changed what it said. */
  readonly ordered: boolean;
  /** When the request was read, and when the response was given. */
  readonly startUs: number;
  readonly endUs: number;

  constructor(said: {
    readonly request: Uint8Array;
    readonly response: Uint8Array;
    readonly clear: boolean;
    readonly witnessed: boolean;
    readonly ordered: boolean;
    readonly startUs: number;
    readonly endUs: number;
  }) {
    this.request = said.request;
    this.response = said.response;
    this.witnessed = said.witnessed;
    this.ordered = said.ordered;
    this.startUs = said.startUs;
    this.endUs = said.endUs;
    this.clear = said.clear && this.#ownResponse;
  }

  get netFn(): number {
    return (this.request[0] ?? 0) >> 2;
  }
  get lun(): number {
    return (this.request[0] ?? 0) & 3;
  }
  get cmd(): number {
    return this.request[1] ?? -1;
  }
  /** The response's completion code; -1 when there is none. */
  get cc(): number {
    return this.response[2] ?? -1;
  }
  /** The request's data. */
  get asked(): Uint8Array {
    return this.request.subarray(REQUEST_BYTES_MIN);
  }
  /** The response's data, after the completion code. */
  get data(): Uint8Array {
    return this.response.subarray(RESPONSE_BYTES_MIN);
  }
  get name(): string {
    return commandName(this.netFn, this.cmd);
  }

  is({ netFn, cmd }: Pick<AnyCommandLayout, "netFn" | "cmd">): boolean {
    return this.netFn === netFn && this.cmd === cmd;
  }

  succeeds(layout: Pick<AnyCommandLayout, "netFn" | "cmd">): boolean {
    return this.cc === OK && this.is(layout);
  }

  /** What was asked by this command; undefined when it is another, or has not the command's form. */
  asks<Q extends object>(layout: CommandLayout<Layout<Q>, Layout<object>>): Q | undefined {
    return this.is(layout) ? decoded(layout.request, this.asked) : undefined;
  }

  /** What came with success for this command; undefined otherwise, or when it has not its form. */
  gives<R extends object>(layout: CommandLayout<Layout<object>, Layout<R>>): R | undefined {
    return this.succeeds(layout) ? decoded(layout.response, this.data) : undefined;
  }

  get #ownResponse(): boolean {
    const { request, response } = this;
    if (request.length < REQUEST_BYTES_MIN || response.length < RESPONSE_BYTES_MIN) return false;
    return response[0] === ((request[0] ?? 0) | 0x04) && response[1] === request[1];
  }
}

function decoded<T>(layout: Layout<T>, bytes: Uint8Array): T | undefined {
  try {
    return layout.decode(bytes);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}
