import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  Assembler,
  EvidenceError,
  EvidenceReading,
  FORMATS,
  type Format,
} from "../../src/evidence/index.ts";
import { vcdExporter } from "../../src/export/vcd.ts";
import { Referee, verdictText } from "../../src/referee/index.ts";
import { TraceReader } from "../../src/trace/index.ts";
import { encodeEvent, encodeHead } from "../../src/trace/jsonl.ts";
import { INTERFACES, type InterfaceKind } from "../../src/wire/index.ts";
import { asLpc } from "../evidence/lpc-writer.ts";
import {
  asCsv,
  asI2c,
  asI2cSlave,
  asOtherTool,
  asRegmap,
  asRwmmio,
  asSigrok,
  asTracefs,
  type Match,
  playedMatch,
  transactionsOf,
} from "../evidence/writers.ts";
import { Broken, type Target, target } from "./target.ts";
import { drawEdit, type Edit, edited, readsOrRefuses } from "./texts.ts";

const SAMPLES = fileURLToPath(new URL("../../test/evidence/samples", import.meta.url));
const SCENARIO = fileURLToPath(new URL("../../scenarios/a-right-match.yaml", import.meta.url));
/** So much of each sample: a case is to be quick. */
const LINES_MAX = 200;

/** What one target changes: texts of a format, or of a part of one that has a reader of its own. */
interface Lot {
  readonly name: string;
  readonly about: string;
  readonly format: Format;
  readonly texts: () => ReadonlyMap<string, Original>;
}

/**
 * A target for each format of evidence, and one for registers in memory: their lines are tracefs' own, but
 * among that format's other texts few would be theirs.
 */
export const EVIDENCE: readonly Target[] = [...FORMATS.map(wholeFormat), ...memoryRegisters()].map(
  evidenceTarget,
);

function wholeFormat(format: Format): Lot {
  const { name, about } = format;
  return { name, about, format, texts: () => originals(format) };
}

function memoryRegisters(): readonly Lot[] {
  const about = "tracepoints of registers in memory";
  const tracefs = FORMATS.filter(({ name }) => name === "tracefs");
  return tracefs.map((format) => ({
    ...{ name: "rwmmio", about, format },
    texts: () => originalsOf(Object.entries(inMemory())),
  }));
}

/** What is counted are the lines that no text of the lot's has any more. */
function evidenceTarget({ name, about, format, texts: read }: Lot): Target {
  let texts: ReadonlyMap<string, Original> | undefined;
  const all = () => {
    texts ??= read();
    return texts;
  };
  return target<string, LineEdit>({
    name: `evidence:${name}`,
    about: `${about}, changed: read and judged, or refused with a line of one's own`,
    unit: "changed lines",
    draw: (random) => ({
      setting: random.pick([...all().keys()]) ?? "",
      steps: Array.from({ length: 1 + random.below(random.pick(EDITS_MAX)) }, () => ({
        place: random.bits() / 0x1_0000_0000,
        edit: drawEdit(random),
      })),
    }),
    play: (name, steps) => {
      const original = all().get(name);
      if (original === undefined) return 0;
      const text = steps.reduce(withEdit, [...original.lines]).join("\n");
      readsOrRefuses(text, {
        read: (changed) => {
          judge(changed, format);
          judge(changed);
        },
        refuses: (error) => error instanceof EvidenceError,
      });
      return text.split("\n").filter((line) => !original.known.has(line)).length;
    },
  });
}

/** Most texts of a machine are spoiled in a few places, and some everywhere. */
const EDITS_MAX = [4, 4, 40, LINES_MAX, 2 * LINES_MAX] as const;

/** A change to the line at a place that is a share of all lines. */
interface LineEdit {
  readonly place: number;
  readonly edit: Edit;
}

function withEdit(lines: string[], { place, edit }: LineEdit): string[] {
  const at = Math.floor(place * lines.length);
  const line = lines[at] ?? "";
  if (edit.how === "line") lines.splice(at, 0, lines[Math.floor(edit.from * lines.length)] ?? "");
  else if (edit.how === "drop") lines.splice(at, 1);
  else lines[at] = edited(line, edit);
  return lines;
}

/** A text to change, and what its lines are. */
interface Original {
  readonly lines: readonly string[];
  readonly known: ReadonlySet<string>;
}

/** The samples of a format, and a match of the lab written down in it, by their names. */
function originals({ name, recognises }: Format): ReadonlyMap<string, Original> {
  const files = readdirSync(SAMPLES).filter((file) => file.endsWith(".txt"));
  const all = files.map((file): readonly [string, readonly string[]] => {
    return [file, readFileSync(`${SAMPLES}/${file}`, "utf8").split("\n")];
  });
  const own = all.filter(([, lines]) => lines.slice(0, LINES_MAX).some(recognises));
  const written = Object.entries(WRITTEN[name]?.() ?? {});
  return originalsOf([...own, ...written]);
}

function originalsOf(
  texts: readonly (readonly [string, readonly string[]])[],
): ReadonlyMap<string, Original> {
  const all = texts.map(([called, text]): [string, Original] => {
    const lines = text.slice(0, LINES_MAX);
    return [called, { lines, known: new Set(lines) }];
  });
  return new Map(all);
}

/** Each interface whose registers may be in memory, at each width, and two of them in one text. */
function inMemory(): Readonly<Record<string, readonly string[]>> {
  const kcs = asRwmmio(played("kcs"), { base: 0xca2, spacing: 1, width: 8 });
  const bt = asRwmmio(played("bt"), { base: 0x10e4, spacing: 2, width: 16 });
  return {
    "KCS by bytes": kcs,
    "SMIC by 32 bits": asRwmmio(played("smic"), { base: 0xca8, spacing: 4, width: 32 }),
    "BT by 16 bits": bt,
    "KCS by 64 bits": asRwmmio(played("kcs"), { base: 0x100, spacing: 16, width: 64 }),
    "two interfaces in turn": kcs.flatMap((line, at) => [line, bt[at] ?? ""]),
  };
}

/** What no sample shows of a format. */
const WRITTEN: Readonly<Record<string, () => Readonly<Record<string, readonly string[]>>>> = {
  tracefs: () => {
    const ssif = played("ssif");
    return {
      "the BMC's register map": asRegmap(played("kcs")),
      "an I2C target": asI2cSlave(ssif),
      I2C: asI2c(transactionsOf(ssif)),
      "registers in memory": asRwmmio(played("smic"), { base: 0xca8, spacing: 4, width: 32 }),
    };
  },
  "perf-script": () => ({
    "a match": asTracefs(played("kcs")).map((line) => asOtherTool(line, "perf script")),
  }),
  csv: () => ({ accesses: asCsv(played("bt")), transactions: asCsv(played("ssif")) }),
  sigrok: () => ({
    I2C: asSigrok(played("ssif")),
    LPC: asLpc(played("bt"), 0xe4, "released"),
    "LPC by a mended decoder": asLpc(played("kcs"), 0xca2, "mended"),
  }),
  vcd: () => ({ waves: asVcd(played("ssif")) }),
  "kernel-log": () => ({
    "a log": ["[    1.000000] ipmi_si: probing via PCI", "[    2.000000] ipmi_si: up"],
  }),
};

function asVcd({ head, events }: Match): readonly string[] {
  let text = "";
  const exporter = vcdExporter(head, (piece) => (text += new TextDecoder().decode(piece)), {});
  for (const event of events) exporter.event(event);
  exporter.end();
  return text.split("\n");
}

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
