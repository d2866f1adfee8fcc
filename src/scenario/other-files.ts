import { TRACE_FORMAT } from "../trace/head.ts";

/** What a run file says of itself; `lab/explore` writes and reads them. */
export const RUN_FORMAT = "baseboard-run";

/** A file's format stands near its beginning, behind some remarks at most. */
const HEAD_LENGTH = 4_096;

/** What a text is that is no scenario, and what it is good for; undefined when it may be one. */
export function otherFile(text: string, file: string): string | undefined {
  const head = text.slice(0, HEAD_LENGTH);
  if (new RegExp(`^format:\\s*["']?${RUN_FORMAT}\\b`, "m").test(head)) {
    return `this is a run file, not a scenario: baseboard replay ${file}`;
  }
  if (new RegExp(`^\\{.*"format":\\s*"${TRACE_FORMAT}"`).test(head)) {
    return `this is a trace, not a scenario: baseboard replay ${file}`;
  }
  return undefined;
}
