import { assert } from "../../assert.ts";
import type { TraceEvent } from "../../trace/events.ts";
import type { Tracer, TraceSink } from "../../trace/tracer.ts";
import { wantedBy } from "../stack/workload.ts";
import type { ProgramSet, Said } from "./programs.ts";
import { Mark, OVER, type Turn } from "./script.ts";

/** A program that has begun. */
interface Running {
  readonly turn: Turn;
  /** Of the request that it is to send, if that is what it does. */
  readonly id: number | undefined;
  said: Said | undefined;
}

const LINE = /^(\d+) ([>|=])(.*)$/;
/** What a request is refused with when its program ended and told of no answer. */
const NO_ANSWER = "NO_ANSWER";

/**
 * Makes trace events out of what a guest's programs print. They do not tell who made a completion code;
 * it is the BMC's when the BMC's last response had it.
 */
export class Turns implements TraceSink {
  /** How its programs' parts were not as the scenario has them, a sentence each. */
  readonly misses: string[] = [];
  private readonly _turns: readonly Turn[];
  private readonly _set: ProgramSet;
  private readonly _tracer: Tracer;
  private readonly _over: () => void;
  private readonly _running = new Map<number, Running>();
  private readonly _codes = new Map<string, number>();
  private _lastId = 0;

  constructor(turns: readonly Turn[], set: ProgramSet, tracer: Tracer, over: () => void) {
    this._turns = turns;
    this._set = set;
    this._tracer = tracer;
    this._over = over;
    tracer.attach(this);
  }

  event(event: TraceEvent): void {
    if (event.e !== "bmc.response") return;
    const [netFnLun = 0, cmd = 0, cc = 0] = event.message;
    this._codes.set(`${netFnLun >> 2}/${cmd}`, cc);
  }

  line(text: string): void {
    if (text === OVER) return this._over();
    const [, number = "", mark, rest = ""] = LINE.exec(text) ?? [];
    const turn = this._turns[Number(number)];
    if (mark === undefined || turn === undefined) return this.#console(text);
    if (mark === Mark.begins) return this.#begins(Number(number), turn);
    const running = this._running.get(Number(number));
    assert(running !== undefined, "a program that prints has begun");
    if (mark === Mark.said) return this.#said(running, rest);
    this._running.delete(Number(number));
    this.#ended(running, Number(rest));
  }

  /** The match is over: what has not ended never will. */
  cutOff(): void {
    for (const { turn } of this._running.values()) {
      this.misses.push(`${turn.user}'s ${nameOf(turn)} did not come to its end`);
    }
  }

  #begins(number: number, turn: Turn): void {
    const { user, step, command } = turn;
    this.#console(`${user} $ ${command.join(" ")}`);
    const wanted = wantedBy(step);
    const id = wanted === undefined ? undefined : ++this._lastId;
    this._running.set(number, { turn, id, said: undefined });
    if (wanted === undefined || id === undefined) return;
    const { netFn, lun, cmd, data } = wanted;
    this._tracer.emit({ e: "request", id, user, netFn, lun, cmd, data });
  }

  #said(running: Running, text: string): void {
    this.#console(`${running.turn.user} | ${text}`);
    running.said ??= this._set.answer(text);
  }

  #ended({ turn, id, said }: Running, status: number): void {
    const { user, step } = turn;
    if (status !== 0) this.#console(`${user} | (ended with status ${status})`);
    const wanted = wantedBy(step);
    if (wanted === undefined || id === undefined) return this.#judge(turn, status);
    const { netFn, cmd } = wanted;
    if (said === undefined) {
      return this._tracer.emit({ e: "refused", id, netFn, cmd, user, code: NO_ANSWER });
    }
    const { cc, data } = said;
    const maker = this._codes.get(`${netFn | 1}/${cmd}`) === cc ? "bmc" : "host-interface";
    this._tracer.emit({ e: "answer", id, cc, maker, data, tag: 0 });
  }

  #judge(turn: Turn, status: number): void {
    const { status: expected = 0 } = turn.step;
    if (status === expected) return;
    const why = `ended with status ${status}, not ${expected}`;
    this.misses.push(`${turn.user}'s ${nameOf(turn)} ${why}`);
  }

  #console(text: string): void {
    this._tracer.emit({ e: "console", text });
  }
}

function nameOf({ command }: Turn): string {
  return command[0] ?? "";
}
