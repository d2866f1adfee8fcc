import type { Case } from "../case.ts";
import { appCases } from "./app.ts";
import { chassisCases } from "./chassis.ts";
import { fruCases } from "./fru.ts";
import { lengthCases } from "./lengths.ts";
import { messageCases } from "./messages.ts";
import { resetCases } from "./resets.ts";
import { sdrCases } from "./sdr.ts";
import { selCases } from "./sel.ts";
import { selWritingCases } from "./sel-writing.ts";
import { watchdogCases } from "./watchdog.ts";

const QUIET = "wire/quiet";
const wire = messageCases.filter(({ id }) => id !== QUIET);
const quiet = messageCases.filter(({ id }) => id === QUIET);

/** Every case, in the order in which they are done: chapter by chapter, resets and quiet last. */
export const cases: readonly Case[] = [
  ...wire,
  ...lengthCases,
  ...appCases,
  ...watchdogCases,
  ...chassisCases,
  ...selCases,
  ...selWritingCases,
  ...sdrCases,
  ...fruCases,
  ...resetCases,
  ...quiet,
];
