import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { RunFileError, readRunFile } from "../../src/lab/explore/run-file.ts";
import { onInterface, readScenario, runStackMatch, ScenarioError } from "../../src/lab/index.ts";
import { Referee, verdictText } from "../../src/referee/index.ts";
import { JsonLinesSink, readTrace, TraceError } from "../../src/trace/index.ts";
import { INTERFACES, type InterfaceKind } from "../../src/wire/index.ts";
import type { Random } from "./random.ts";
import { Broken, type Target, target } from "./target.ts";

const SCENARIOS = fileURLToPath(new URL("../../scenarios", import.meta.url));
const TEXT_MS_MAX = 5_000;
const TRACE_LINES_MAX = 400;

const NASTY = [
  ...["__proto__", "constructor", "toString", "&a", "*a", "<<: *a", "!!js/function", "!!binary"],
  ...["- ", "? ", ": ", "{", "}", "[", "]", "|", ">", "\t", "\0", "\u2028", "\ufeff", "---", "..."],
  ...["%YAML 1.3\n---\n", "1e999us", "99999999999999999999min", "0.0000001s", "-1", "NaN", "0x"],
  ...["1".repeat(400), "a".repeat(5_000), "🙂", "\ud800", "null", "~", "true", "06/01", "any"],
  ...["'", '"', "#", "\r\n", "  ", "{}", "[[[[[[", "&x [*x]", "1_000", "1s", "0s", "25ms 1"],
] as const;
const NUMBERS = [
  ...["0", "1", "-1", "4294967296", "9007199254740993", "1e9", "007", "ff", "1000000", "null"],
  ...["1.5", "[]", "9".repeat(400)],
] as const;

/** A change to a text: at a place that is a share of its length, so that it fits any text. */
export interface Edit {
  readonly how:
    | "insert"
    | "cut"
    | "character"
    | "copy"
    | "word"
    | "line"
    | "drop"
    | "indent"
    | "number";
  readonly at: number;
  readonly from: number;
  readonly length: number;
  readonly text: string;
}

export function drawEdit(random: Random): Edit {
  const how = random.pick<Edit["how"]>([
    ...([
      "insert",
      "cut",
      "character",
      "copy",
      "word",
      "line",
      "drop",
      "indent",
      "number",
    ] as const),
  ]);
  const code = random.below(random.pick([128, 256, 65_536]) ?? 128);
  return {
    how: how ?? "insert",
    at: random.bits() / 0x1_0000_0000,
    from: random.bits() / 0x1_0000_0000,
    length: random.below(how === "copy" ? 80 : 20),
    text:
      how === "number"
        ? (random.pick<string>(NUMBERS) ?? "")
        : how === "character"
          ? String.fromCharCode(code)
          : (random.pick<string>(NASTY) ?? ""),
  };
}

export function edited(text: string, edit: Edit): string {
  const at = Math.floor(edit.at * (text.length + 1));
  const from = Math.floor(edit.from * text.length);
  switch (edit.how) {
    case "insert":
      return text.slice(0, at) + edit.text + text.slice(at);
    case "cut":
      return text.slice(0, at) + text.slice(at + 1 + edit.length);
    case "character":
      return text.slice(0, at) + edit.text + text.slice(at + 1);
    case "copy":
      return text.slice(0, at) + text.slice(from, from + edit.length) + text.slice(at);
    case "word":
      return replaced(text, /[\w.-]+/g, edit);
    case "number":
      return replaced(text, /\d+/g, edit);
    case "line":
    case "drop":
    case "indent":
      return withLine(text.split("\n"), edit);
  }
}

function replaced(text: string, pattern: RegExp, { at, text: by }: Edit): string {
  const words = [...text.matchAll(pattern)];
  const word = words[Math.floor(at * words.length)];
  if (word === undefined) return text;
  return text.slice(0, word.index) + by + text.slice(word.index + word[0].length);
}

function withLine(lines: string[], { how, at, from, length }: Edit): string {
  const place = Math.floor(at * lines.length);
  const other = lines[Math.floor(from * lines.length)] ?? "";
  if (how === "line") lines.splice(place, 0, other);
  else if (how === "drop") lines.splice(place, 1);
  else lines[place] = " ".repeat(length % 8) + (lines[place] ?? "").trim();
  return lines.join("\n");
}

/** A target: a reader of text, which may refuse by the error of its own and by nothing else. */
export function reader(parts: {
  readonly name: string;
  readonly about: string;
  /** Texts to change, by their names. */
  readonly originals: () => ReadonlyMap<string, string>;
  readonly read: (text: string) => void;
  readonly refuses: (error: unknown) => boolean;
}): Target {
  let originals: ReadonlyMap<string, string> | undefined;
  const all = () => {
    originals ??= parts.originals();
    return originals;
  };
  return target<string, Edit>({
    name: parts.name,
    about: parts.about,
    unit: "texts",
    draw: (random) => ({
      setting: random.pick([...all().keys()]) ?? "",
      steps: Array.from({ length: 1 + random.below(4) }, () => drawEdit(random)),
    }),
    play: (name, steps) => {
      readsOrRefuses(steps.reduce(edited, all().get(name) ?? ""), parts);
      return 1;
    },
  });
}

/** Throws where a text is neither read nor refused, takes too long, or leaves something behind. */
export function readsOrRefuses(
  text: string,
  parts: {
    readonly read: (text: string) => void;
    readonly refuses: (error: unknown) => boolean;
  },
): void {
  // On a machine that is busy with other things, what a clock shows is theirs.
  const begun = process.cpuUsage();
  try {
    parts.read(text);
  } catch (error) {
    if (!parts.refuses(error)) throw error;
  }
  const { user, system } = process.cpuUsage(begun);
  const tookMs = (user + system) / 1_000;
  if (tookMs > TEXT_MS_MAX) throw new Broken(`a text of ${text.length} takes ${tookMs} ms`);
  if (Object.hasOwn(Object.prototype, "x")) throw new Broken("all objects have got a new field");
}

function scenarios(): ReadonlyMap<string, string> {
  const names = readdirSync(SCENARIOS).filter((name) => name.endsWith(".yaml"));
  return new Map(names.sort().map((name) => [name, readFileSync(join(SCENARIOS, name), "utf8")]));
}

/** Run files that hold the catalogue's scenarios. */
function runFiles(): ReadonlyMap<string, string> {
  const files = [...scenarios()].map(([name, text]) => {
    const head = [
      "format: baseboard-run",
      'version: "1"',
      "plan: { seed: 1, inject: [], delays: [] }",
      `expected: { violations: [], events: 1, trace: ${"0".repeat(64)} }`,
      "scenario:",
    ].join("\n");
    return [name, `${head}\n${text.replace(/^(?=.)/gm, "  ")}`] as const;
  });
  return new Map(files);
}

/** Beginnings of the traces that some of the catalogue's scenarios leave. */
function traces(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [index, [name, text]] of [...scenarios()].entries()) {
    const kind = INTERFACES[(index / 12) % INTERFACES.length] ?? "kcs";
    const trace = index % 12 === 0 ? traceOf(text, name, kind) : undefined;
    if (trace !== undefined) found.set(`${name} on ${kind}`, trace);
  }
  return found;
}

/** Undefined where the scenario makes no sense on that interface. */
function traceOf(text: string, name: string, kind: InterfaceKind): string | undefined {
  const lines: string[] = [];
  try {
    const scenario = readScenario(onInterface(text, kind), name);
    runStackMatch(scenario, {
      sinks: (head) => [new JsonLinesSink(head, (line) => lines.push(line))],
    });
  } catch {
    return undefined;
  }
  const end = lines.at(-1) ?? "";
  const begin = lines.slice(0, TRACE_LINES_MAX);
  return [...begin, ...(lines.length > TRACE_LINES_MAX ? [end] : [])].map(oneLine).join("");
}

function oneLine(line: string): string {
  return line.endsWith("\n") ? line : `${line}\n`;
}

function judge(text: string): void {
  const { head, events } = readTrace(text);
  const referee = new Referee(head);
  for (const event of events) referee.event(event);
  const verdict = referee.verdict();
  if (verdictText(verdict).length === 0) throw new Broken("a verdict without a word");
}

export const TEXTS: readonly Target[] = [
  reader({
    name: "scenario",
    about: "scenario files, changed: read, or refused with a line of one's own",
    originals: scenarios,
    read: (text) => readScenario(text, "fuzz.yaml"),
    refuses: (error) => error instanceof ScenarioError,
  }),
  reader({
    name: "run-file",
    about: "run files, changed: read, or refused with a line of one's own",
    originals: runFiles,
    read: (text) => readRunFile(text, "fuzz.run.yaml"),
    refuses: (error) => error instanceof RunFileError,
  }),
  reader({
    name: "trace",
    about: "traces, changed: read and judged, or refused with a line of one's own",
    originals: traces,
    read: judge,
    refuses: (error) => error instanceof TraceError,
  }),
];
