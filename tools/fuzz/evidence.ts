import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  Assembler,
  EvidenceError,
  EvidenceReading,
  FORMATS,
  type Format,
} from "../../src/evidence/index.ts";
import { Referee, verdictText } from "../../src/referee/index.ts";
import { TraceReader } from "../../src/trace/index.ts";
import { encodeEvent, encodeHead } from "../../src/trace/jsonl.ts";
import { INTERFACES, type InterfaceKind } from "../../src/wire/index.ts";
import {
  asCsv,
  asI2c,
  asI2cSlave,
  asOtherTool,
  asRegmap,
  asSigrok,
  asTracefs,
  type Match,
  playedMatch,
  transactionsOf,
} from "../evidence/writers.ts";
import { Broken, type Target } from "./target.ts";
import { reader } from "./texts.ts";

const SAMPLES = fileURLToPath(new URL("../../test/evidence/samples", import.meta.url));
const SCENARIO = fileURLToPath(new URL("../../scenarios/a-right-match.yaml", import.meta.url));
/** So much of each sample: a case is to be quick. */
const LINES_MAX = 200;

/** A target for each format of evidence. */
export const EVIDENCE: readonly Target[] = FORMATS.map((format) => {
  return reader({
    name: `evidence:${format.name}`,
    about: `${format.about}, changed: read and judged, or refused with a line of one's own`,
    originals: () => originals(format),
    read: (text) => {
      judge(text, format);
      judge(text);
    },
    refuses: (error) => error instanceof EvidenceError,
  });
});

/** The samples of a format, and a match of the lab written down in it, by their names. */
function originals({ name, recognises }: Format): ReadonlyMap<string, string> {
  const files = readdirSync(SAMPLES).filter((file) => file.endsWith(".txt"));
  const all = files.map((file): readonly [string, string] => {
    const lines = readFileSync(`${SAMPLES}/${file}`, "utf8").split("\n");
    return [file, lines.slice(0, LINES_MAX).join("\n")];
  });
  const own = all.filter(([, text]) => text.split("\n").some(recognises));
  const lines = WRITTEN[name]?.() ?? [];
  const written =
    lines.length === 0 ? [] : [["a match", lines.slice(0, LINES_MAX).join("\n")] as const];
  return new Map([...own, ...written]);
}

/** What no sample shows of a format. */
const WRITTEN: Readonly<Record<string, () => readonly string[]>> = {
  // The BMC's side, and a layer below the host's.
  tracefs: () => {
    const ssif = played("ssif");
    const some = [asRegmap(played("kcs")), asI2cSlave(ssif), asI2c(transactionsOf(ssif))];
    return some.flatMap((lines) => lines.slice(0, LINES_MAX / some.length));
  },
  "perf-script": () => asTracefs(played("kcs")).map((line) => asOtherTool(line, "perf script")),
  csv: () => [...asCsv(played("bt")), ...asCsv(played("ssif"))],
  sigrok: () => asSigrok(played("ssif")),
  "kernel-log": () => ["[    1.000000] ipmi_si: probing via PCI", "[    2.000000] ipmi_si: up"],
};

function played(kind: InterfaceKind): Match {
  return playedMatch(readFileSync(SCENARIO, "utf8"), "a-right-match", kind);
}

/** Reads and judges; what comes of it must be traces that a reader of ours takes. */
function judge(text: string, format?: Format): void {
  const traces: { readonly reader: TraceReader; readonly referee: Referee }[] = [];
  const kind = INTERFACES[text.length % (INTERFACES.length + 1)];
  const assembler = new Assembler(({ head }) => {
    const own = { reader: new TraceReader(), referee: new Referee(head) };
    own.reader.push(encodeHead(head));
    traces.push(own);
    return {
      event: (event) => {
        own.reader.push(encodeEvent(event));
        own.referee.event(event);
      },
    };
  }, kind);
  const reading = new EvidenceReading((each) => assembler.take(each), format);
  reading.push(text);
  reading.end();
  assembler.end();
  for (const { reader, referee } of traces) {
    const cut = reader.finish();
    if (cut !== undefined) throw new Broken(`a trace that is not whole: ${cut.message}`);
    if (verdictText(referee.verdict()).length === 0) throw new Broken("a verdict without a word");
  }
}
