import type { LineReader, Teller } from "../sighting.ts";
import { LOST, TracefsReader } from "./tracefs.ts";

/**
 * What the scripts of `baseboard capture` write: lines of their own, which begin with `# `, and the
 * kernel's own text between them, unchanged.
 */
export class CaptureReader implements LineReader {
  readonly #teller: Teller;
  readonly #trace: TracefsReader;
  #section: "head" | "trace" | "log" = "head";
  /** The script has said that it ends. */
  #isOver = false;

  constructor(teller: Teller) {
    this.#teller = teller;
    this.#trace = new TracefsReader(teller);
  }

  line(text: string): void {
    const begun = CAPTURE.exec(text);
    if (begun !== null) {
      this.#isOver = false;
      return this.#about("capture", begun[1] ?? "");
    }
    const section = SECTION.exec(text)?.[1];
    if (section === "trace" || section === "log") {
      this.#section = section;
      return;
    }
    if (section === "end") {
      this.#section = "head";
      return;
    }
    const own = OWN.exec(text);
    if (own !== null && (this.#section !== "trace" || own[1] === "lost")) {
      const [, key = "", value = ""] = own;
      if (key === "lost") this.#lost(Number(value));
      return this.#about(key, value);
    }
    if (this.#section === "trace") this.#traced(text);
    else if (this.#section === "head" && text.trim() !== "" && !text.startsWith("#")) {
      this.#teller.unread("a line of no section");
    }
  }

  end(): void {
    this.#trace.end();
  }

  /** Behind the script's last word, events may be switched off one by one, and some go on without others. */
  #traced(text: string): void {
    if (!this.#isOver || LOST.test(text)) this.#trace.line(text);
    if (LAST_WORD.test(text)) this.#isOver = true;
  }

  /** The kernel counts what it lost; of some of it the text may not say where it was. */
  #lost(all: number): void {
    const nowhere = all - this.#trace.lost;
    if (nowhere > 0) this.#about("lost nowhere", String(nowhere));
  }

  #about(key: string, value: string): void {
    this.#teller.sighting({ what: "about", atUs: 0, key, value });
  }
}

/** Whether a line is the first of such a file. */
export function isCapture(line: string): boolean {
  return CAPTURE.test(line);
}

const CAPTURE = /^# baseboard capture \d+ ([a-z][a-z-]{0,20})\s*$/;
const SECTION = /^# (trace|log|end)\s*$/;
const LAST_WORD = /: tracing_mark_write: baseboard capture ends\s*$/;
const OWN = /^# ([a-z][a-z-]{0,30}): (.*)$/;
