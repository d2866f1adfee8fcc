/** A line of a kernel's log, without what a tool wrote in front of it. */
export interface KernelLine {
  /** Its time by the kernel's clock; undefined when it has none, or one of the wall's. */
  readonly atUs: number | undefined;
  readonly text: string;
}

/** What nothing of a kernel's message is as long as. */
const TEXT_MAX = 1_000;

/** A terminal's control codes, and all that cannot be seen. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: serial consoles send them
const CONTROL = /\u001b\[[0-9;?]*[a-zA-Z]|\u001b[c78]|[\u0000-\u0008\u000b-\u001f\u007f\ufffd]/g;

/** What stands before the kernel's text. Each may come once, in any order. */
const QUOTED = /^(?:> ?)+/;
const LEVEL = /^<\d{1,3}>/;
/** What a capture says of itself. */
const OF_CAPTURE = /^# /;
/** dmesg -x: `kern  :warn  : `. */
const FACILITY = /^[a-z]+ *:[a-z]+ *: /;
/** /dev/kmsg and netconsole's extended form: level, number, µs, flags. */
const RECORD = /^\d+,\d+,(\d+),[-c+]?[^;]*;/;
/** The kernel's own time: `[   12.345678] `. */
const SECONDS = /^\[ *(\d+)\.(\d{1,9})\] ?/;
/** Who printed: `[   T12] ` or `[    C1] `. */
const CALLER = /^\[ *[TC]\d+\] ?/;
/** The wall's time in brackets, whatever the language: dmesg -T, a console server. */
const WALL = /^[[(][^\])]{0,40}\d\d:\d\d[^\])]{0,24}[\])] ?/;
/** dmesg --time-format iso: `2026-11-29T14:03:01,123456+00:00 `. */
const ISO = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S* +/;
/** syslog's date, whatever the month is called, before host and program. */
const DATE = /^\S{2,12} {1,2}\d{1,2} (?:\d{4} )?\d\d:\d\d:\d\d\S* /;
/** `host kernel: `; a console server may leave the host out. */
const KERNEL = /^(?:[\w.:-]+ )?kernel(?:\[\d+\])?: /;
/** Another program's: `host sshd[12]: `. */
const PROGRAM = /^[\w.-]+ [\w@./()-]+(?:\[\d+\])?: /;

/**
 * The kernel's message in a line of dmesg (with times or without), of journalctl or syslog, or of a
 * serial console. Undefined when the line is empty, is another program's, or a capture's own.
 */
export function kernelLine(line: string): KernelLine | undefined {
  const clean = line.slice(0, TEXT_MAX).replace(CONTROL, "").replace(QUOTED, "").trim();
  return clean === "" || OF_CAPTURE.test(clean) ? undefined : withoutPrefixes(clean);
}

const PREFIXES_MAX = 6;

function withoutPrefixes(line: string): KernelLine | undefined {
  let text = line;
  let atUs: number | undefined;
  let dated = false;
  for (let taken = 0; taken < PREFIXES_MAX; taken++) {
    const before = text;
    const time = SECONDS.exec(text) ?? RECORD.exec(text);
    if (time !== null) {
      atUs ??= microseconds(time);
      text = text.slice(time[0].length);
    } else if (ISO.test(text) || DATE.test(text)) {
      dated = true;
      text = text.replace(ISO, "").replace(DATE, "");
    } else {
      text = text.replace(PLAIN.find((each) => each.test(text)) ?? LEVEL, "");
    }
    if (text === before) break;
  }
  if (dated && PROGRAM.test(text) && !KERNEL.test(line.slice(line.length - text.length))) {
    if (!SEEN_KERNEL.test(line)) return undefined;
  }
  const message = text.trim();
  return message === "" ? undefined : { atUs, text: message };
}

const PLAIN = [LEVEL, FACILITY, CALLER, WALL, KERNEL];
const SEEN_KERNEL = / kernel(?:\[\d+\])?: /;

function microseconds([, whole = "0", fraction]: RegExpExecArray): number {
  if (fraction === undefined) return Number(whole);
  return Number(whole) * 1_000_000 + Math.round(Number(`0.${fraction}`) * 1_000_000);
}
