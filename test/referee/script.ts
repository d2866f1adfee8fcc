import { Referee, type RefereeHead, type Verdict } from "../../src/referee/index.ts";
import type { Body, TraceEvent } from "../../src/trace/events.ts";
import { DEFAULT_PROMISES, type Promises } from "../../src/trace/head.ts";

/**
 * A trace as a person writes it: events as they are, and words of register traffic.
 *
 *     w1=61 w0=18   the host writes Command, Data_In
 *     r1=89 r0=00   the host reads Status, Data_Out
 *     t1=61 t0=18   the BMC takes the byte that went to Command, Data_In
 *     s=8a g=00     the BMC sets Status, gives a byte
 *     i=1           the interrupt line
 *     +5s +10ms +3us   time passes; each event takes 1 µs besides
 *     =             the next one comes at the time of the last
 */
export type Script = readonly (string | Body)[];

export type Faces = "both" | "host" | "bmc";

export function events(script: Script, faces: Faces = "both", tag = 0): TraceEvent[] {
  const out: TraceEvent[] = [];
  let t = 0;
  const add = (body: Body): void => {
    const face = faceOf(body);
    if (face === "bmc" && faces === "host") return;
    if (face === "host" && faces === "bmc") return;
    t++;
    out.push({ ...body, n: out.length, t });
  };
  for (const item of script) {
    if (typeof item !== "string") {
      add(item);
      continue;
    }
    for (const word of item.split(/\s+/).filter((each) => each !== "")) {
      if (word.startsWith("+")) t += duration(word);
      else if (word === "=") t--;
      else add(body(word, tag));
    }
  }
  return out;
}

interface Judging {
  readonly faces?: Faces;
  readonly promises?: Partial<Promises>;
  readonly seats?: Partial<RefereeHead>;
}

export function judge(script: Script, options: Judging = {}): Verdict {
  return refereeOf(script, options).verdict();
}

/** The referee after the whole script. */
export function refereeOf(script: Script, options: Judging): Referee {
  const faces = options.faces ?? "both";
  const referee = new Referee({
    host: "stack",
    bmc: "model",
    interface: "kcs",
    taps: { host: faces !== "bmc", bmc: faces !== "host" },
    promises: { ...DEFAULT_PROMISES, ...options.promises },
    ...options.seats,
  });
  for (const event of events(script, faces)) referee.event(event);
  return referee;
}

/** The rules that a verdict names: `KCS-01`, `KCS-03?` for a note, `GEN-02~` for the wire's doing. */
export function named(verdict: Verdict): string[] {
  return [
    ...verdict.violations.map(({ rule, wire }) => (wire.length > 0 ? `${rule}~` : rule)),
    ...verdict.notes.map((each) => `${each.rule}?`),
  ];
}

function faceOf(body: Body): "host" | "bmc" | "none" {
  if (body.e.startsWith("host.")) return "host";
  return body.e.startsWith("bmc.") ? "bmc" : "none";
}

function duration(word: string): number {
  const match = /^\+(\d+)(us|ms|s)$/.exec(word);
  if (match === null) throw new Error(`no duration: ${word}`);
  const unit = { us: 1, ms: 1_000, s: 1_000_000 }[match[2] ?? "us"] ?? 1;
  return Number(match[1]) * unit;
}

function body(word: string, tag: number): Body {
  const [what, text] = word.split("=");
  const value = Number.parseInt(text ?? "", 16);
  if (!(value >= 0 && value <= 0xff)) throw new Error(`no word of a script: ${word}`);
  switch (what) {
    case "w1":
      return { e: "host.write", reg: "command", value, tag };
    case "w0":
      return { e: "host.write", reg: "data", value, tag };
    case "r1":
      return { e: "host.read", reg: "status", value };
    case "r0":
      return { e: "host.read", reg: "data", value };
    case "t1":
      return { e: "bmc.read", value, command: true };
    case "t0":
      return { e: "bmc.read", value, command: false };
    case "s":
      return { e: "bmc.status", status: value };
    case "g":
      return { e: "bmc.write", value };
    case "i":
      return { e: "irq", level: value === 0 ? 0 : 1 };
    default:
      throw new Error(`no word of a script: ${word}`);
  }
}

function hex(value: number): string {
  return value.toString(16).padStart(2, "0");
}

/**
 * A right transaction, both faces: request and response as hex text. `attention`: SMS_ATN stands
 * at 1 throughout.
 */
export function exchange(request: string, response: string, attention = false): string {
  const a = attention ? 0x04 : 0;
  const st = (value: number) => hex(value | a);
  const bytes = request.split(" ");
  const last = bytes[bytes.length - 1] ?? "";
  const out = [`r1=${st(0x00)} w1=61 s=${st(0x8a)} t1=61 g=00 r1=${st(0x89)} r0=00`];
  for (const byte of bytes.slice(0, -1)) {
    out.push(`w0=${byte} t0=${byte} g=00 r1=${st(0x81)} r0=00`);
  }
  out.push(`w1=62 t1=62 g=00 r1=${st(0x89)} r0=00`);
  out.push(`w0=${last} s=${st(0x42)} t0=${last} r1=${st(0x40)}`);
  response.split(" ").forEach((byte, index) => {
    if (index > 0) out.push("w0=68 t0=68");
    out.push(`g=${byte} r1=${st(0x41)} r0=${byte}`);
  });
  out.push(`w0=68 s=${st(0x02)} t0=68 g=00 r1=${st(0x01)} r0=00`);
  return out.join(" ");
}

/** A right GET_STATUS/ABORT, both faces. */
export function abort(code = "01"): string {
  return [
    "r1=00 w1=60 s=8a t1=60 g=00 r1=89 r0=00",
    `w0=00 s=42 t0=00 g=${code} r1=41 r0=${code}`,
    "w0=68 s=02 t0=68 g=00 r1=01 r0=00",
  ].join(" ");
}

/** Get Device ID, and a BMC's answer. */
export const deviceId = exchange("18 01", "1c 01 00 20 01 01 00 02 be 00 00 00 01 00");
/** The same command with a short answer, where only the protocol matters. */
export const short = exchange("18 04", "1c 04 00 55 00");

/** The words up to the first `marker`, which is the last of them. */
export function upTo(words: string, marker: string): string {
  const at = words.indexOf(marker);
  if (at === -1) throw new Error(`no ${marker} in the script`);
  return words.slice(0, at + marker.length);
}

/** The words with the first `old` replaced. */
export function swap(words: string, old: string, by: string): string {
  if (!words.includes(old)) throw new Error(`no ${old} in the script`);
  return words.replace(old, by);
}

/** The words with the last `old` replaced. */
export function swapLast(words: string, old: string, by: string): string {
  const at = words.lastIndexOf(old);
  if (at === -1) throw new Error(`no ${old} in the script`);
  return words.slice(0, at) + by + words.slice(at + old.length);
}

export function repeat(times: number, script: Script): Script {
  return Array.from({ length: times }, () => script).flat();
}

type Life<E extends Body["e"]> = Extract<Body, { readonly e: E }>;

export function bmc(what: Life<"bmc">["what"], flags = 0, text = ""): Body {
  return { e: "bmc", what, flags, text };
}

export function host(what: Life<"host">["what"]): Body {
  return { e: "host", what, text: "" };
}

export function fault(on: Life<"fault">["on"], what: Life<"fault">["what"] = "fires"): Body {
  return { e: "fault", name: "faults[0]", what, on, text: "" };
}

export function user(name: string, what: Life<"user">["what"], text = ""): Body {
  return { e: "user", user: name, what, text };
}

export function delivered(name: string, what: Life<"delivered">["what"], message = ""): Body {
  const bytes = message === "" ? [] : bytesOf(message);
  return { e: "delivered", user: name, what, message: Uint8Array.from(bytes) };
}

export function request(id: number, message: string, user = "x"): Body {
  const [first = 0, cmd = 0, ...data] = bytesOf(message);
  const body = { e: "request", id, user, netFn: first >> 2, lun: first & 3, cmd } as const;
  return { ...body, data: Uint8Array.from(data) };
}

export function answer(
  id: number,
  code: string,
  more: { maker?: Life<"answer">["maker"]; tag?: number } = {},
): Body {
  const [cc = 0, ...data] = bytesOf(code);
  const { maker = "bmc", tag = 0 } = more;
  return { e: "answer", id, cc, maker, data: Uint8Array.from(data), tag };
}

export function send(id: number, message: string): Body {
  return { e: "send", id, message: Uint8Array.from(bytesOf(message)) };
}

export function received(id: number, tag: number, message: string): Body {
  return { e: "received", id, tag, message: Uint8Array.from(bytesOf(message)) };
}

export function end(why: Life<"end">["why"] = "done"): Body {
  return { e: "end", why };
}

function bytesOf(text: string): number[] {
  return text.split(" ").map((each) => Number.parseInt(each, 16));
}

/** The BMC's application reads that request, and gives that response 30 µs later. */
export function said(request: string, response: string, tag = 1): Script {
  return [asked(request, tag), "+30us", given(response, tag)];
}

export function asked(request: string, tag = 1): Body {
  return { e: "bmc.request", tag, message: Uint8Array.from(bytesOf(request)) };
}

export function given(response: string, tag = 1): Body {
  return { e: "bmc.response", tag, message: Uint8Array.from(bytesOf(response)) };
}
