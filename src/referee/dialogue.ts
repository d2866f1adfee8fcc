import type { CommandLayout } from "../ipmi/command-layout.ts";
import { commandName } from "../ipmi/command-table.ts";
import { DecodedOnce } from "../ipmi/decoded-once.ts";
import { REQUEST_BYTES_MIN, RESPONSE_BIT, RESPONSE_BYTES_MIN } from "../ipmi/message.ts";
import type { Layout } from "../ipmi/record.ts";
import type { Command } from "./dispatch.ts";

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

  readonly netFn: number;
  readonly lun: number;
  readonly cmd: number;
  /** The response's completion code; -1 when there is none. */
  readonly cc: number;
  private readonly _asked: DecodedOnce;
  private readonly _data: DecodedOnce;

  constructor(
    said: Pick<Dialogue, "request" | "response" | "clear" | "witnessed" | "ordered">,
    startUs: number,
    endUs: number,
  ) {
    const { request, response } = said;
    const first = request[0] ?? 0;
    this.request = request;
    this.response = response;
    this.witnessed = said.witnessed;
    this.ordered = said.ordered;
    this.startUs = startUs;
    this.endUs = endUs;
    this.netFn = first >> 2;
    this.lun = first & 3;
    this.cmd = request[1] ?? -1;
    this.cc = response[2] ?? -1;
    this._asked = new DecodedOnce(request, REQUEST_BYTES_MIN);
    this._data = new DecodedOnce(response, RESPONSE_BYTES_MIN);
    this.clear = said.clear && this.#ownResponse;
  }

  /** The request's data. */
  get asked(): Uint8Array {
    return this._asked.bytes;
  }
  /** The response's data, after the completion code. */
  get data(): Uint8Array {
    return this._data.bytes;
  }
  get name(): string {
    return commandName(this.netFn, this.cmd);
  }

  is(command: Command): boolean {
    return this.cmd === command.cmd && this.netFn === command.netFn;
  }

  succeeds(command: Command): boolean {
    return this.cc === OK && this.is(command);
  }

  /** What was asked by this command; undefined when it is another, or has not the command's form. */
  asks<Q extends object>(layout: CommandLayout<Layout<Q>, Layout<object>>): Q | undefined {
    return this.is(layout) ? this._asked.by(layout.request) : undefined;
  }

  /** What came with success for this command; undefined otherwise, or when it has not its form. */
  gives<R extends object>(layout: CommandLayout<Layout<object>, Layout<R>>): R | undefined {
    return this.succeeds(layout) ? this._data.by(layout.response) : undefined;
  }

  get #ownResponse(): boolean {
    const { request, response } = this;
    if (request.length < REQUEST_BYTES_MIN || response.length < RESPONSE_BYTES_MIN) return false;
    return response[0] === ((request[0] ?? 0) | RESPONSE_BIT) && response[1] === request[1];
  }
}

/** The requests that the BMC has in its hands. */
export interface OpenDialogues {
  /** Whether one of these commands is there: it may be carried out by now, or not yet. */
  inHand(commands: readonly Command[]): boolean;
}
