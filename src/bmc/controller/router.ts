import { Cc } from "../../ipmi/completion.ts";
import {
  decodeRequest,
  encodeResponse,
  Malformed,
  RESPONSE_BYTES_MIN,
  type Request,
  responseNetFn,
} from "../../ipmi/message.ts";
import type { Origin } from "../front/origin.ts";
import type { Command } from "./command.ts";

export interface MessageBounds {
  readonly inputBytesMax: number;
  readonly outputBytesMax: number;
}

const NO_DATA = new Uint8Array();

/** Whether the command is carried out for that origin. */
export type Admits = (
  command: { readonly netFn: number; readonly cmd: number },
  origin: Origin,
) => boolean;

/**
 * Finds a request's command and does, once and in one order, what is common to all: unknown
 * commands, logical units, who may have it carried out, lengths; then the handler; then the response. Reserved bits
 * are ignored. A throw in a handler is a mistake of ours and goes through. @see IPMI 2.0 §5
 */
export class Router<Needs> {
  private readonly _commands = new Map<number, Command<Needs>>();
  private readonly _needs: Needs;
  private readonly _bounds: MessageBounds;
  private readonly _admits: Admits;

  constructor(
    commands: readonly Command<Needs>[],
    needs: Needs,
    bounds: MessageBounds,
    admits: Admits,
  ) {
    for (const command of commands) this._commands.set(keyOf(command), command);
    this._needs = needs;
    this._bounds = bounds;
    this._admits = admits;
  }

  /** The response to a whole request; undefined when the command sends none. */
  execute(message: Uint8Array, origin: Origin): Uint8Array | undefined {
    const request = decodeRequest(message);
    const fits = message.length <= this._bounds.inputBytesMax;
    const outcome = fits ? this.#outcome(request, origin) : Cc.RequestLengthExceeded;
    if (outcome === undefined) return undefined;
    if (typeof outcome === "number") return respond(request, outcome, NO_DATA);
    if (RESPONSE_BYTES_MIN + outcome.length > this._bounds.outputBytesMax) {
      return respond(request, Cc.CannotReturnBytes, NO_DATA);
    }
    return respond(request, Cc.Ok, outcome);
  }

  #outcome(request: Request, origin: Origin): Uint8Array | number | undefined {
    const command = this._commands.get(keyOf(request));
    if (command === undefined) return Cc.InvalidCommand;
    if (request.lun !== 0) return Cc.InvalidForLun;
    if (!this._admits(command, origin)) return Cc.InsufficientPrivilege;
    const run = prepared(command, request.data);
    return typeof run === "number" ? run : run(this._needs, origin);
  }
}

function prepared<Needs>(command: Command<Needs>, data: Uint8Array) {
  try {
    return command.prepare(data);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return error.what === "length" ? Cc.RequestLengthInvalid : Cc.InvalidField;
  }
}

function respond({ netFn, lun, cmd }: Request, cc: number, data: Uint8Array): Uint8Array {
  return encodeResponse({ netFn: responseNetFn(netFn), lun, cmd, cc, data });
}

/** A request's NetFn is even, so one with an odd NetFn finds no command. */
function keyOf({ netFn, cmd }: { readonly netFn: number; readonly cmd: number }): number {
  return (netFn << 8) | cmd;
}
