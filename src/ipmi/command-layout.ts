import type { Layout } from "./record.ts";

/** What both sides of the wire know of a command: the BMC's router and the host use the same one. */
export interface CommandLayout<Request extends Layout<object>, Response extends Layout<object>> {
  readonly netFn: number;
  readonly cmd: number;
  /** The data of a request. */
  readonly request: Request;
  /** The data of a response with completion code 00h, after the completion code. */
  readonly response: Response;
}

/** A command's layouts, whichever command it is. */
export type AnyCommandLayout = CommandLayout<Layout<object>, Layout<object>>;

/** Declares a command: its numbers, and the layouts of its request and its response. */
export function commandLayout<Request extends Layout<object>, Response extends Layout<object>>(
  layout: CommandLayout<Request, Response>,
): CommandLayout<Request, Response> {
  return Object.freeze(layout);
}
