/** A ladder for a reader at a terminal of 80 columns: host left, BMC right, the wire between them. */
import {
  type DecodedMessage,
  type Ladder,
  type Passage,
  placeText,
  type Rung,
  type Step,
  shownSteps,
} from "../../explain/index.ts";
import { hex } from "../../ipmi/message.ts";
import { visible } from "../printable.ts";

/** A terminal has so many at the least. */
export const COLUMNS = 80;
/** Columns at which things begin. */
const AT = { text: 20, wire: 56, bmcMessage: 30 } as const;

/** The whole ladder, a line each. */
export function ladderLines(ladder: Ladder): string[] {
  const { before, passage } = ladder;
  const startUs = passage?.startUs ?? ladder.steps[0]?.rungs[0]?.t ?? 0;
  return [
    ...before.map((each) => `${timeText(each.startUs)}  ${passageText(each)}`),
    `${timeText(startUs)}  ${passage === undefined ? "no transfer yet" : requestText(passage)}`,
    "",
    headLine(),
    ...stepLines(ladder, startUs),
    "",
    ...(passage === undefined ? [] : messageLines(passage)),
    `the host   ${placeText(ladder)}`,
    ...(ladder.steps.some(({ rungs }) => rungs.some(({ masked }) => masked)) ? [MASKED] : []),
  ];
}

function headLine(): string {
  const left = `${"event".padStart(8)}${"us".padStart(11)} host`;
  return `${left.padEnd(AT.wire)}|  BMC`;
}

function stepLines(ladder: Ladder, startUs: number): string[] {
  const { head, leftOut, middle, after } = shownSteps(ladder);
  const drawn = (part: readonly Step[]) => part.flatMap((step) => linesOf(step, startUs));
  return [...drawn(head), ...gapLines(leftOut), ...drawn(middle), ...gapLines(after)];
}

function gapLines(events: number): string[] {
  return events === 0 ? [] : [`${" ".repeat(AT.text)}... ${events} more events ...`];
}

function linesOf({ rungs, times, apart, lastUs }: Step, startUs: number): string[] {
  const lines = rungs.flatMap((rung) => rungLines(rung, startUs, apart));
  if (times === 1) return lines;
  const what = rungs.length === 1 ? "the same" : `these ${rungs.length} lines`;
  const until = (lastUs - startUs).toLocaleString("en-US");
  return [...lines, `${" ".repeat(AT.text)}(${what} ${times} times, until ${until} us)`];
}

function rungLines(rung: Rung, startUs: number, apart: boolean): string[] {
  const mark = apart ? ">" : " ";
  const us = (rung.t - startUs).toLocaleString("en-US");
  const [first = "", ...others] = drawn(rung);
  const head = `${mark}${String(rung.n).padStart(7)}${us.padStart(11)} `;
  return [`${head}${first}`, ...others.map((line) => `${" ".repeat(AT.text)}${line}`)].map((line) =>
    line.trimEnd(),
  );
}

/** What stands right of the numbers. */
function drawn(rung: Rung): string[] {
  const text = visible(rung.masked ? `${rung.text} (masked)` : rung.text);
  if (rung.lane === "wire") return wrapped(`*** ${subjectOf(rung)}${text}`, COLUMNS - AT.text);
  if (rung.way === undefined) return messageDrawn(rung, text);
  return accessDrawn(rung, text.replace(BRACKETS, ""));
}

const BRACKETS = /[()]/g;

/** An access, with an arrow between its party and the wire. */
function accessDrawn(rung: Rung, text: string): string[] {
  const room = AT.wire - AT.text;
  if (rung.lane === "bmc") {
    const arrow = rung.way === "in" ? "|-> " : "|<- ";
    const lines = wrapped(text, COLUMNS - AT.wire - arrow.length);
    return lines.map((line, i) => {
      return `${" ".repeat(room)}${i === 0 ? arrow : "|  "}${line}`;
    });
  }
  const lines = wrapped(text, room - ARROW_ROOM);
  return lines.map((line, i) => {
    if (i < lines.length - 1) return `${line.padEnd(room)}|`;
    const dashes = "-".repeat(Math.max(1, room - line.length - 2));
    const through = rung.both === true;
    if (rung.way === "out") return `${line} ${dashes}>|${through ? "->" : ""}`;
    return `${line} <${dashes}|${through ? "<-" : ""}`;
  });
}

const ARROW_ROOM = 3;

function messageDrawn(rung: Rung, text: string): string[] {
  const sentence = `${subjectOf(rung)}${text}`;
  if (rung.lane === "host") return wrapped(sentence, COLUMNS - AT.text);
  const pad = " ".repeat(AT.bmcMessage - AT.text);
  return wrapped(sentence, COLUMNS - AT.bmcMessage).map((line) => `${pad}${line}`);
}

function subjectOf({ subject }: Rung): string {
  return subject === "" ? "" : `${visible(subject)} `;
}

/** The text in lines of that width at the most, broken between words; what follows is indented. */
export function wrapped(text: string, width: number, indent = 2): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length <= width || line.trim() === "") line = longer;
    else {
      lines.push(line);
      line = `${" ".repeat(indent)}${word}`;
    }
  }
  return [...lines, line];
}

/** A transfer in one line. */
function passageText(passage: Passage): string {
  const { response, outcome } = passage;
  const text = requestText(passage);
  if (response?.code === undefined) return `${text}: ${outcome}`;
  const data = response.data.length === 0 ? "" : ` ${hex(response.data)}`;
  const line = `${text} -> ${codeText(response.code)}${data}`;
  const most = COLUMNS - TIME_ROOM;
  return line.length <= most ? line : `${line.slice(0, most - 3)}...`;
}

function requestText({ request }: Passage): string {
  if (request === undefined) return "a request too short to be one";
  return visible(request.command);
}

function messageLines({ request, response, outcome }: Passage): string[] {
  return [
    ...(request === undefined ? [] : decodedLines("request", request)),
    ...(response === undefined
      ? [`response   none: ${outcome}`]
      : decodedLines("response", response)),
  ];
}

/** The message by its fields, where they are known, else by its bytes. */
export function decodedLines(name: string, message: DecodedMessage): string[] {
  const { command, code, data, fields, misfit } = message;
  const pad = " ".repeat(NAME_ROOM);
  const bytes = data.length === 0 ? "no data" : hex(data);
  const title = code === undefined ? command : `${command}, ${codeText(code)}`;
  const lines = wrapped(`${name.padEnd(NAME_ROOM)}${visible(title)}: ${bytes}`, COLUMNS, NAME_ROOM);
  const widest = Math.max(0, ...fields.map((field) => field.name.length));
  return [
    ...lines,
    ...fields.flatMap(({ name, value }) => {
      const head = `${pad}  ${name.padEnd(widest)}  `;
      const [first = "", ...others] = wrapped(value, COLUMNS - head.length, 0);
      return [`${head}${first}`, ...others.map((line) => `${" ".repeat(head.length)}${line}`)];
    }),
    ...(misfit === undefined ? [] : [`${pad}  ${visible(misfit)}`]),
  ];
}

const NAME_ROOM = 11;

function codeText({ value, text }: { readonly value: number; readonly text: string }): string {
  return `${value.toString(16).toUpperCase().padStart(2, "0")}h (${text})`;
}

const MASKED =
  "(masked): zeros stand for a password or a key; `baseboard explain --unmasked` shows it";

const TIME_ROOM = 17;

function timeText(us: number): string {
  return `${(us / 1_000_000).toFixed(6).padStart(13)} s`;
}
