import type { Case } from "../case.ts";
import { appCases } from "./app.ts";
import { chassisCases } from "./chassis.ts";
import { fruCases } from "./fru.ts";
import { lengthCases } from "./lengths.ts";
import { messageCases } from "./messages.ts";
import { sdrCases } from "./sdr.ts";
import { selCases } from "./sel.ts";
import { watchdogCases } from "./watchdog.ts";

const QUIET = "wire/quiet";
const wire = messageCases.filter(({ id }) => id !== QUIET);
const quiet = messageCases.filter(({ id }) => id === QUIET);

/** Every case, in the order in which they are done: what only reads first, quiet last. */
export const cases: readonly Case[] = [
  ...wire,
  ...lengthCases,
  ...appCases,
  ...watchdogCases,
  ...chassisCases,
  ...selCases,
  ...sdrCases,
  ...fruCases,
  ...quiet,
];
