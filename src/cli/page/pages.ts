import { basename } from "node:path";
import type { TraceHead, TransportKind } from "../../trace/head.ts";
import type { TraceSink } from "../../trace/tracer.ts";
import { STANDARD_INPUT } from "../evidence-bytes.ts";
import { Exit, Failure } from "../failure.ts";
import { judgedFiles, type ReadOptions } from "../judged-files.ts";
import { visible } from "../printable.ts";
import type { PageAbout } from "./html.ts";
import { PackedTrace } from "./packed-trace.ts";

export interface PageOptions extends Pick<ReadOptions, "format" | "interface"> {
  /** Passwords and keys are in the page. */
  readonly unmasked?: boolean;
}

/** What is in a page: the trace, packed, and what is said of it. */
export interface TracePage {
  readonly about: PageAbout;
  readonly interface: TransportKind;
  readonly packed: Buffer;
}

/** The pages of a trace or of evidence, one for each interface. */
export async function pagesOf(
  file: string,
  other: string | undefined,
  { unmasked = false, ...reading }: PageOptions,
): Promise<readonly TracePage[]> {
  const packing = new Packing(unmasked);
  const { name, came } = await judgedFiles(file, other, {
    ...reading,
    traces: packing,
    judges: false,
  });
  const given = [file, ...(other === undefined ? [] : [other])];
  const files = given.filter((each) => each !== STANDARD_INPUT).map((each) => basename(each));
  const pages: TracePage[] = [];
  for (const [i, trace] of packing.traces.entries()) {
    refuseOther(name, trace);
    const block = came.interfaces[i]?.block ?? "";
    const about = { files, block, remarks: came.remarks, unmasked };
    pages.push({ about, interface: trace.interface, packed: await trace.end() });
  }
  return pages;
}

/** A verdict that needs what a page is not to show would be another one there. */
function refuseOther(name: string, { differs }: PackedTrace): void {
  if (differs.length === 0) return;
  const rules = differs.join(", ");
  const why = `without its passwords and keys it is judged otherwise (${rules}): --unmasked leaves them in`;
  throw new Failure(Exit.WrongCommand, visible(`${name}: ${why}`));
}

class Packing {
  readonly #unmasked: boolean;
  readonly traces: PackedTrace[] = [];

  constructor(unmasked: boolean) {
    this.#unmasked = unmasked;
  }

  begin(head: TraceHead): TraceSink {
    const trace = new PackedTrace(head, { unmasked: this.#unmasked });
    this.traces.push(trace);
    return trace;
  }
}
