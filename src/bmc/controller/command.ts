import type { CommandLayout } from "../../ipmi/command-layout.ts";
import type { Layout } from "../../ipmi/record.ts";
import type { Origin } from "../front/origin.ts";

export interface CommandDefinition<Needs, Request extends object, Response extends object> {
  readonly layout: CommandLayout<Layout<Request>, Layout<Response>>;
  /** Carries the request out; a completion code means that there is no data, undefined silence. */
  readonly handle: (
    needs: Needs,
    request: Request,
    origin: Origin,
  ) => NoInfer<Response> | number | undefined;
}

/** A command as the router sees it, whatever its layouts are. */
export interface Command<Needs> {
  readonly netFn: number;
  readonly cmd: number;
  /** Reads the request; throws `Malformed`. What it returns carries the request out. */
  prepare(data: Uint8Array): (needs: Needs, origin: Origin) => Uint8Array | number | undefined;
}

/** `command<Needs>()({...})`: `Needs` are the parts of the controller that the handler works on. */
export function command<Needs>() {
  return <Request extends object, Response extends object>(
    definition: CommandDefinition<Needs, Request, Response>,
  ): Command<Needs> => {
    const { netFn, cmd, request, response } = definition.layout;
    return Object.freeze({
      netFn,
      cmd,
      prepare: (data: Uint8Array) => {
        const value = request.decode(data);
        return (needs: Needs, origin: Origin) => {
          const outcome = definition.handle(needs, value, origin);
          return typeof outcome === "object" ? response.encode(outcome) : outcome;
        };
      },
    });
  };
}
