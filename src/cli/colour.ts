/**
 * Reports on a terminal, in colour. A report is text, the same everywhere; here its lines are known again by
 * how our own reports write them, so that no report knows of colours, and no width changes by them.
 */

/** Select Graphic Rendition: begins, and ends. @see ECMA-48, §8.3.117 */
const SGR = {
  bold: [1, 22],
  quiet: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const;
type Style = keyof typeof SGR;

/** Whether that stream is a terminal whose user wants colours (NO_COLOR, FORCE_COLOR, TERM). */
export function wantsColours(stream: { readonly isTTY?: boolean; hasColors?(): boolean }): boolean {
  return stream.isTTY === true && stream.hasColors?.() === true;
}

/** The report in colours; without them it is what it was. */
export function coloured(report: string): string {
  return report.split("\n").map(colouredLine).join("\n");
}

function colouredLine(line: string): string {
  const [, mark = "", numbers = "", rest = ""] = RUNG.exec(line) ?? [];
  if (rest !== "") {
    const text = access(rest);
    return mark === ">"
      ? `${styled(`${mark}${numbers}`, "red", "bold")}${text}`
      : `${mark}${styled(numbers, "quiet")}${text}`;
  }
  for (const [pattern, ...styles] of LINES) {
    const found = pattern.exec(line);
    if (found === null) continue;
    const end = found.index + found[0].length;
    return `${line.slice(0, found.index)}${styled(found[0], ...styles)}${line.slice(end)}`;
  }
  return FURTHER.test(line) ? access(line) : line;
}

/** A line of a ladder: its mark, its numbers, and what happened. */
const RUNG = /^([> ])( *\d+ +-?[\d,]+ )(.+)$/;
/** A further line of what the BMC did. */
const FURTHER = /^ {56}\|/;
const FAULT = /^\*\*\* .*/;
/** What the host does up to the wire, and what the BMC does behind it. */
const HOST = /^(.*?(?:-+>|<-+))(\|.*)$/;
const BMC = /^(\s*)(\|.*)$/;

function access(text: string): string {
  if (FAULT.test(text)) return styled(text, "magenta");
  const host = HOST.exec(text);
  if (host !== null) return `${styled(host[1] ?? "", "cyan")}${styled(host[2] ?? "", "yellow")}`;
  const bmc = BMC.exec(text);
  return bmc === null ? text : `${bmc[1]}${styled(bmc[2] ?? "", "yellow")}`;
}

/** What stands out in the lines of a report, by the first that fits. */
const LINES: readonly (readonly [RegExp, ...Style[]])[] = [
  [/^fault: none$/, "green", "bold"],
  [/^fault: .*$/, "red", "bold"],
  [/^\d+\. [A-Z]+-\d+/, "red", "bold"],
  [/^- [A-Z]+-\d+/, "yellow"],
  [/^(?:[A-Z]+-\d+)(?= +[A-Z0-9])/, "bold"],
  [/^instead(?= )/, "green", "bold"],
  [/^ {2}Instead:/, "green"],
  [/^(?:violations|notes|open at the end|broken rules)$/, "bold"],
  [/^NOT (?:AS EXPECTED|as the scenario expects).*$/i, "red", "bold"],
  [/^as (?:expected|the scenario expects)$/, "green"],
  [/^as expected(?= )/, "green"],
  [/^BROKEN OFF/, "red", "bold"],
  [/^ {2}violates/, "red", "bold"],
  [/^ {2}conforms/, "green"],
  [/^ {2}tolerable/, "yellow"],
  [/^(?:request|response|the host)(?= {2,})/, "bold"],
  [/ \d+ BROKEN$/, "red", "bold"],
  [/^nothing is broken$/, "green"],
];

function styled(text: string, ...styles: readonly Style[]): string {
  const begins = styles.map((each) => `\u001b[${SGR[each][0]}m`).join("");
  const ends = styles.toReversed().map((each) => `\u001b[${SGR[each][1]}m`);
  return `${begins}${text}${ends.join("")}`;
}
