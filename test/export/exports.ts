import { EXPORT_FORMATS, type MaskOptions } from "../../src/export/index.ts";
import type { Match } from "./matches.ts";

/** The match in that format, as the whole file. */
export function exported(
  format: string,
  { head, events }: Match,
  options: MaskOptions = {},
): Uint8Array {
  const pieces: Uint8Array[] = [];
  const exporter = EXPORT_FORMATS.find(({ name }) => name === format)?.begin(
    head,
    (piece) => void pieces.push(piece),
    options,
  );
  if (exporter === undefined) throw new Error(`no format ${format}`);
  for (const event of events) exporter.event(event);
  exporter.end();
  return Buffer.concat(pieces);
}
