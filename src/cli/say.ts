import { coloured, wantsColours } from "./colour.ts";
import { visibleJson, visibleLines } from "./printable.ts";

/** Everything that a command prints on standard output goes through these two. */

/** Prints a report, or a line of one, and ends the line. */
export function say(text: string): void {
  const report = visibleLines(text);
  process.stdout.write(`${wantsColours(process.stdout) ? coloured(report) : report}\n`);
}

/** Prints one JSON document. */
export function sayJson(document: unknown): void {
  process.stdout.write(`${visibleJson(document)}\n`);
}

/** Tells on standard error what goes on, or what is wrong. */
export function sayError(text: string): void {
  process.stderr.write(`${visibleLines(text)}\n`);
}
