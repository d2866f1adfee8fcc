import type { z } from "zod";
import { choice, type Values } from "./choice.ts";
import { type Field, oneOf, optional, text } from "./unit.ts";

/** What can happen in a host's life, by the scenario's word for it. */
export const HOST = {
  close: optional(text, "That user goes away, requests in flight or not"),
  driver: optional(oneOf("removed"), "The driver is taken away; put back after `for`"),
  panic: optional(text, "It panics with this text, and its processor stops"),
} as const satisfies Readonly<Record<string, Field<unknown>>>;
export type HostValues = Values<typeof HOST>;

/** Something that happens in a host's life. */
export const hostAction = choice({ words: HOST });
export type HostAction = z.output<typeof hostAction.schema>;
