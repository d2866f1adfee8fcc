import type {
  Diagnosis,
  Finding,
  KernelLog,
  Meaning,
  Mending,
  Seen,
} from "../../diagnosis/index.ts";

/** What was read, and how it went. */
export interface About {
  readonly file: string;
  readonly log: KernelLog;
  /** What a reader should know of the reading. */
  readonly remark: string | undefined;
  /** What a scenario is about, in its own words. */
  readonly titleOf: (scenario: string) => string;
}

/** Lines of a kind that are shown for one finding, and meanings of messages. */
const SHOWN_MAX = 8;
const MEANINGS_MAX = 12;
const SCENARIOS_MAX = 5;

/** The diagnosis for a program. */
export function diagnosisJson(about: About, diagnosis: Diagnosis): unknown {
  const { file, log, remark } = about;
  return {
    file,
    lines: log.lines,
    relevant: log.relevant,
    kernel: log.kernel,
    interfaces: [...log.interfaces],
    ...(remark === undefined ? {} : { remark }),
    findings: diagnosis.findings.map((finding) => findingJson(about, finding)),
    messages: diagnosis.meanings.map(({ seen, suspect, meaning, scenarios }) => {
      return { ...seenJson(seen), suspect, meaning, scenarios };
    }),
    unusual: diagnosis.unusual.map(seenJson),
    capture: diagnosis.capture,
  };
}

function findingJson({ titleOf }: About, finding: Finding): unknown {
  const { scenario, alike, likeness, match, shared, lacking, beyond, bore, broke } = finding;
  return {
    scenario,
    title: titleOf(scenario),
    alike,
    likeness: Math.round(likeness * 100) / 100,
    match: { kernel: match.kernel, interface: match.interface },
    suspects: match.fault,
    shared: shared.map(seenJson),
    lacking,
    beyond: beyond.map(seenJson),
    kernels: { bore, broke: Object.fromEntries(broke) },
    mended: finding.mendings.map(({ what, cve, versions }) => ({ what, cve, versions })),
    command: commandOf(finding),
  };
}

function seenJson({ shape, count, line, text }: Seen) {
  return { shape, count, line, text };
}

/** The diagnosis for a reader. */
export function diagnosisText(about: About, diagnosis: Diagnosis): string {
  const { findings, unusual, meanings, capture } = diagnosis;
  const { file, log, remark } = about;
  const read = `${file}: ${log.lines} lines, ${log.relevant} of them on IPMI or a kernel in trouble`;
  const lines = [read, ...(remark === undefined ? [] : [remark]), ""];
  if (findings.length === 0) lines.push("nothing known looks like this log", "");
  for (const [index, finding] of findings.entries()) {
    lines.push(...findingLines(about, index + 1, finding), "");
  }
  lines.push(...meaningLines(meanings), ...unexplainedLines(unusual, meanings));
  if (unusual.length === 0) {
    lines.push("It has no line that a match lacks in which nothing is wrong.", "");
  }
  lines.push(...captureLines(capture));
  return lines.join("\n");
}

function findingLines({ titleOf }: About, place: number, finding: Finding): readonly string[] {
  const { scenario, alike, likeness, match, shared, lacking, beyond } = finding;
  const percent = Math.round(likeness * 100);
  const others = alike.length === 0 ? [] : [`   or, by the same lines: ${alike.join(", ")}`];
  return [
    `${place}. ${scenario}: ${titleOf(scenario)}`,
    ...others,
    `   ${percent} % alike, as Linux ${match.kernel} said it on ${match.interface}`,
    `   suspects ${match.fault.length === 0 ? "nobody" : match.fault.join(", then ")}`,
    ...limited(shared.map((seen) => `   has    ${seenText(seen)}`)),
    ...limited(lacking.map((shape) => `   lacks  ${shape}`)),
    ...limited(beyond.map((seen) => `   beyond ${seenText(seen)}`)),
    ...kernelsLines(finding),
    ...finding.mendings.map(mendingLine),
    `   ${commandOf(finding)}`,
  ];
}

function limited(lines: readonly string[]): readonly string[] {
  const left = lines.length - SHOWN_MAX;
  return left > 0 ? [...lines.slice(0, SHOWN_MAX), `   and ${left} more`] : lines;
}

function seenText({ line, count, text }: Seen): string {
  return `line ${line}${count > 1 ? `, ${count} times` : ""}: ${text}`;
}

function kernelsLines({ bore, broke }: Finding): readonly string[] {
  const broken = [...broke].map(([kernel, rules]) => `${kernel} (${rules.join(", ")})`);
  const parts = [
    ...(broken.length > 0 ? [`a promise was broken by ${broken.join(", ")}`] : []),
    ...(bore.length > 0
      ? [`${broken.length > 0 ? "none" : "no promise was broken"} by ${bore.join(", ")}`]
      : []),
  ];
  return parts.length === 0 ? [] : [`   of the kernels played, ${parts.join("; ")}`];
}

function mendingLine({ what, cve, versions }: Mending): string {
  return `   the kernel's part (${what}): ${cve === undefined ? "" : `${cve}, `}${versions}`;
}

function commandOf({ scenario, match, broke }: Finding): string {
  const kernel = broke.has(match.kernel)
    ? match.kernel
    : ([...broke.keys()].at(-1) ?? match.kernel);
  return `baseboard run ${scenario} --interface ${match.interface} --host linux:${kernel} --console`;
}

function meaningLines(meanings: readonly Meaning[]): readonly string[] {
  if (meanings.length === 0) return [];
  const rows = meanings
    .slice(0, MEANINGS_MAX)
    .flatMap(({ seen, suspect, meaning, scenarios }) => [
      `- ${seenText(seen)}`,
      `  ${meaning}`,
      `  suspects ${suspect}${shownBy(scenarios)}`,
    ]);
  return ["what its lines mean", ...rows, ""];
}

function shownBy(scenarios: readonly string[]): string {
  if (scenarios.length === 0) return "; no scenario shows it";
  const more = scenarios.length > SCENARIOS_MAX ? ", ..." : "";
  return `; shown by ${scenarios.slice(0, SCENARIOS_MAX).join(", ")}${more}`;
}

/** Lines that no right match shows and that nobody here knows. */
function unexplainedLines(
  unusual: readonly Seen[],
  meanings: readonly Meaning[],
): readonly string[] {
  const known = new Set(meanings.map(({ seen }) => seen.shape));
  const left = unusual.filter(({ shape }) => !known.has(shape) && !shape.startsWith("in "));
  if (left.length === 0 || meanings.length > 0) return [];
  return [
    "lines that nobody here knows",
    ...limited(left.map((seen) => `- ${seenText(seen)}`)),
    "",
  ];
}

function captureLines(kinds: readonly string[]): readonly string[] {
  const what = "a log does not show the wire. What does, while it goes wrong:";
  return [what, ...kinds.map((kind) => `   baseboard capture ${kind} > capture.sh`)];
}
