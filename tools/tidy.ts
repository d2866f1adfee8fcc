/**
 * The house rules that a formatter does not know: which room may use which, that no file needs
 * itself in a circle, what the core may touch, that its state can be seen, how long a file may
 * grow. Prints each breach as `file:line: what`, and exits with 1.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { capturedVariables } from "./captured-state.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const LINES_MAX = 400;

/** Pure, and of no room: what holds, and what an error is. */
const FOR_EVERY_ROOM = ["src/assert.ts", "src/errors.ts", "src/package-root.ts"];

/** What each room of `src` may import, besides itself and those: only what stands above it. */
const LANGUAGE = ["ipmi", "time", "trace", "wire"];
const MATCH = [...LANGUAGE, "host", "bmc", "referee", "scenario", "evidence"];
const SEATS = [...MATCH, "match", "assembler", "guest", "kernels", "programs"];
const LAB = [...SEATS, "seats", "state", "crash"];
const MAY_USE: Readonly<Record<string, readonly string[]>> = {
  ipmi: [],
  time: [],
  trace: [],
  wire: ["ipmi", "time", "trace"],
  host: LANGUAGE,
  bmc: LANGUAGE,
  referee: ["ipmi", "trace", "wire"],
  scenario: ["ipmi", "trace", "wire", "referee"],
  evidence: ["ipmi", "trace", "wire"],
  explain: ["ipmi", "trace", "wire", "referee"],
  export: ["ipmi", "trace", "referee", "evidence", "explain"],
  diagnosis: ["ipmi", "evidence"],
  match: MATCH,
  state: [],
  assembler: [],
  guest: ["assembler"],
  crash: ["assembler", "host", "ipmi", "wire"],
  devices: [...LANGUAGE, "host"],
  programs: [],
  kernels: ["programs"],
  seats: SEATS,
  lab: LAB,
  check: [...LAB, "lab", "devices"],
  cli: [...LAB, "lab", "check", "devices", "evidence", "explain", "export", "diagnosis"],
};

/** The referee knows the wire's words, not its workings. */
const WIRE_FOR_REFEREE = [
  ...[
    "src/wire/kcs/protocol.ts",
    "src/wire/smic/protocol.ts",
    "src/wire/bt/protocol.ts",
    "src/wire/ssif/protocol.ts",
    "src/wire/opal/protocol.ts",
  ],
  ...["src/wire/smbus/pec.ts", "src/wire/smbus/protocol.ts"],
];

/** The page runs in a browser: what it is made of may come from here, and from nowhere else of `src`. */
const FOR_VIEWER = ["ipmi", "trace", "referee", "explain"];

const CORE = [
  "ipmi",
  "trace",
  "wire",
  "host",
  "bmc",
  "referee",
  "evidence",
  "explain",
  "export",
  "diagnosis",
  "assembler",
];

/** What is in a field can be saved, put back and compared; what a function captures cannot. */
const STATE_IN_FIELDS = [...CORE, "time", "scenario", "match", "state"];

/** What a match is made of: its fields are `private _x`, for a field `#x` cannot be seen from outside. */
const STATE_IN_SIGHT = ["ipmi", "time", "trace", "wire", "host", "bmc", "referee", "match"];
const HIDDEN_FIELD = /^\s+(?:static )?(?:readonly )?#(\w+)[!?]?\s*[:=;]/;

/** What the core gets from its caller and never takes for itself. */
const FORBIDDEN_IN_CORE: readonly (readonly [RegExp, string])[] = [
  [/\bfrom "node:/, "imports from the platform"],
  [/\bnew Date\b|\bDate\.now\b|\bperformance\./, "reads a clock; take the time as an argument"],
  [/\bset(Timeout|Interval|Immediate)\b|\bqueueMicrotask\b/, "sets a timer; use the scheduler"],
  [/\bMath\.random\b/, "draws a random number; take a choice as an argument"],
  [/\bprocess\./, "touches the process"],
  [/\bBuffer\b/, "uses Buffer; use Uint8Array"],
  [/\bconsole\./, "prints"],
  [/\basync\b|\bawait\b/, "waits; promises begin at the public edge"],
];

const FORBIDDEN_EVERYWHERE: readonly (readonly [RegExp, string])[] = [
  [/\bTODO\b|\bFIXME\b|\bXXX\b/, "leaves a note instead of the work"],
  [/\.(only|skip)\(/, "narrows or skips a test"],
  [/@ts-(ignore|expect-error|nocheck)/, "silences the type checker"],
];

const breaches: string[] = [];
/** What each file of `src` imports of it. */
const imports = new Map<string, string[]>();

for (const folder of ["src", "viewer", "test", "tools", "bench"]) {
  for (const file of sourcesUnder(join(ROOT, folder))) checkFile(file);
}
findCircles();

for (const breach of breaches) console.error(breach);
if (breaches.length > 0) process.exit(1);
console.log("tidy: the house is in order");

function sourcesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => relative(ROOT, join(folder, name)).split(sep).join("/"))
    .sort();
}

function checkFile(file: string): void {
  const text = readFileSync(join(ROOT, file), "utf8");
  const lines = text.split("\n");
  if (lines.length - 1 > LINES_MAX) {
    breaches.push(`${file}:1: has ${lines.length - 1} lines; split it, ${LINES_MAX} is the most`);
  }
  const room = /^src\/(\w+)\//.exec(file)?.[1];
  if (room !== undefined && MAY_USE[room] === undefined)
    breaches.push(`${file}:1: an unknown room`);
  for (const { name, line } of STATE_IN_FIELDS.includes(room ?? "")
    ? capturedVariables(text)
    : []) {
    breaches.push(`${file}:${line}: keeps state in a captured variable; make \`${name}\` a field`);
  }
  for (const [index, line] of lines.entries()) {
    const at = `${file}:${index + 1}`;
    if (file !== "tools/tidy.ts") check(at, line, FORBIDDEN_EVERYWHERE);
    if (file.startsWith("viewer/")) checkViewerImport(at, file, line);
    if (room === undefined) continue;
    checkImport(at, file, room, line);
    if (CORE.includes(room)) check(at, codeOf(line), FORBIDDEN_IN_CORE);
    const hidden = STATE_IN_SIGHT.includes(room) ? HIDDEN_FIELD.exec(line)?.[1] : undefined;
    if (hidden !== undefined) breaches.push(`${at}: hides state; make it \`private _${hidden}\``);
  }
}

function check(at: string, line: string, rules: readonly (readonly [RegExp, string])[]): void {
  for (const [pattern, what] of rules) if (pattern.test(line)) breaches.push(`${at}: ${what}`);
}

/** The line without comments and, but for imports, without the contents of its texts. */
function codeOf(line: string): string {
  if (/^\s*(\/\/|\/?\*)/.test(line)) return "";
  const code = line.replace(/\s\/\/ .*$/, "");
  return /\bfrom "/.test(code) ? code : code.replace(/"[^"]*"|`[^`$]*`/g, '""');
}

function checkImport(at: string, file: string, room: string, line: string): void {
  const path = /(?:from|import) "(\.[^"]+)"|import\("(\.[^"]+)"\)/.exec(line);
  const target = path?.[1] ?? path?.[2];
  if (target === undefined) return;
  const resolved = posix.join(posix.dirname(file), target);
  imports.set(file, [...(imports.get(file) ?? []), resolved]);
  const other = /^src\/(\w+)\//.exec(resolved)?.[1];
  if (other === room || FOR_EVERY_ROOM.includes(resolved)) return;
  if (other === undefined || MAY_USE[room]?.includes(other) !== true) {
    breaches.push(`${at}: ${room} may not use ${resolved}`);
  } else if (room === "referee" && other === "wire" && !WIRE_FOR_REFEREE.includes(resolved)) {
    breaches.push(`${at}: the referee may use the wire's protocol words only, not ${resolved}`);
  }
}

function checkViewerImport(at: string, file: string, line: string): void {
  if (file === "viewer/vite.config.ts" || file === "viewer/build.ts") return;
  const target = /(?:from|import) "([^"]+)"/.exec(line)?.[1];
  if (target === undefined) return;
  if (target.startsWith("node:")) breaches.push(`${at}: the page has no ${target}`);
  const room = /^src\/(\w+)\//.exec(posix.join(posix.dirname(file), target))?.[1];
  if (room !== undefined && !FOR_VIEWER.includes(room)) {
    breaches.push(`${at}: the page may not use ${room}`);
  }
}

/** Takes away what imports nothing that is left, again and again: what stays, stays in circles. */
function findCircles(): void {
  const left = new Map(imports);
  for (let gone = -1; gone !== 0; ) {
    const free = [...left].filter(([, targets]) => !targets.some((each) => left.has(each)));
    for (const [file] of free) left.delete(file);
    gone = free.length;
  }
  for (const [file, targets] of left) {
    const inCircle = targets.filter((each) => left.has(each));
    breaches.push(
      `${file}:1: is in a circle of imports, or leads into one: ${inCircle.join(", ")}`,
    );
  }
}
