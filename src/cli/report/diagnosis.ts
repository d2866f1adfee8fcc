import type { Diagnosis, Finding, KernelLog, Mending, Seen } from "../../diagnosis/index.ts";

/** What was read, and how it went. */
export interface About {
  readonly file: string;
  readonly log: KernelLog;
  /** What a reader should know of the reading. */
  readonly remark: string | undefined;
}

/** Lines of a kind that are shown for one finding. */
const SHOWN_MAX = 8;

/** The diagnosis for a program. */
export function diagnosisJson({ file, log, remark }: About, diagnosis: Diagnosis): unknown {
  return {
    file,
    lines: log.lines,
    relevant: log.relevant,
    kernel: log.kernel,
    interfaces: [...log.interfaces],
    ...(remark === undefined ? {} : { remark }),
    unusual: diagnosis.unusual.map(seenJson),
    findings: diagnosis.findings.map(findingJson),
  };
}

function findingJson(finding: Finding): unknown {
  const { scenario, likeness, match, shared, lacking, beyond, bore, broke, mendings } = finding;
  return {
    scenario,
    likeness: Math.round(likeness * 100) / 100,
    match: { kernel: match.kernel, interface: match.interface },
    suspects: match.fault,
    shared: shared.map(seenJson),
    lacking,
    beyond: beyond.map(seenJson),
    kernels: { bore, broke: Object.fromEntries(broke) },
    mended: mendings.map(({ what, cve, versions }) => ({ what, cve, versions })),
    command: commandOf(finding),
  };
}

function seenJson({ shape, count, line, text }: Seen): unknown {
  return { shape, count, line, text };
}

/** The diagnosis for a reader. */
export function diagnosisText(about: About, { findings, unusual }: Diagnosis): string {
  const { file, log, remark } = about;
  const read = `${file}: ${log.lines} lines, ${log.relevant} of them on IPMI or a kernel in trouble`;
  const lines = [read, ...(remark === undefined ? [] : [remark]), ""];
  if (findings.length === 0) {
    lines.push("nothing known looks like this log", ...unusualLines(unusual));
  }
  for (const [index, finding] of findings.entries()) {
    lines.push(...findingLines(index + 1, finding), "");
  }
  return lines.join("\n");
}

function unusualLines(unusual: readonly Seen[]): readonly string[] {
  if (unusual.length === 0) {
    return ["", "It has no line that a match lacks in which nothing is wrong."];
  }
  const shown = unusual.slice(0, SHOWN_MAX).map(seenLine);
  return ["", "What a match in which nothing is wrong does not say:", ...shown];
}

function findingLines(place: number, finding: Finding): readonly string[] {
  const { scenario, likeness, match, shared, lacking, beyond } = finding;
  const percent = Math.round(likeness * 100);
  const played = `as Linux ${match.kernel} said it on ${match.interface}`;
  return [
    `${place}. ${scenario}  ${percent} % alike, ${played}`,
    `   suspects ${match.fault.length === 0 ? "nobody" : match.fault.join(", then ")}`,
    ...limited(shared.map(seenLine)),
    ...limited(lacking.map((shape) => `   lacks  ${shape}`)),
    ...limited(beyond.map((seen) => seenLine(seen).replace("has ", "also"))),
    ...kernelsLines(finding),
    ...finding.mendings.map(mendingLine),
    `   ${commandOf(finding)}`,
  ];
}

function limited(lines: readonly string[]): readonly string[] {
  const left = lines.length - SHOWN_MAX;
  return left > 0 ? [...lines.slice(0, SHOWN_MAX), `   and ${left} more`] : lines;
}

function seenLine({ line, count, text }: Seen): string {
  return `   has    line ${line}${count > 1 ? `, ${count} times` : ""}: ${text}`;
}

function kernelsLines({ bore, broke }: Finding): readonly string[] {
  const broken = [...broke].map(([kernel, rules]) => `${kernel} (${rules.join(", ")})`);
  const parts = [
    ...(broken.length > 0 ? [`a promise was broken by ${broken.join(", ")}`] : []),
    ...(bore.length > 0 ? [`none by ${bore.join(", ")}`] : []),
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
