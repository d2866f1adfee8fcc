import { assert } from "../../assert.ts";
import type { Arena } from "../../match/arena.ts";
import type { HostLeft, LabHost, MatchEntry } from "../../match/party.ts";
import { type Steps, settled } from "../../match/steps.ts";
import { systemInterfaceOf } from "../../scenario/on-interface.ts";
import { SECOND_US } from "../../time/index.ts";
import type { MatchEnd } from "../../trace/events.ts";
import { busybox } from "../linux/busybox.ts";
import {
  compileGuest,
  type GuestProgram,
  type GuestWitness,
  type Kernel,
  LinuxHost,
  ReportReader,
  Witness,
} from "../linux/index.ts";
import { plain, troubleIn } from "../linux/match/console.ts";
import { CountedAccesses } from "../linux/match/counted-accesses.ts";
import { WALL_LIMIT_MS, whyBrokenOff } from "../linux/match/in-lab.ts";
import { guestPort } from "../linux/match/port.ts";
import { GuestReports } from "../linux/match/reports.ts";
import { checkedVersion, programMembers } from "./files.ts";
import { type Place, placeFor } from "./place.ts";
import type { ProgramSet } from "./programs.ts";
import { type WorkloadScript, workloadScript } from "./script.ts";
import { Turns } from "./turns.ts";

/** The guest's agent has nothing to do but tell the time until the match's is over. */
const SETUP_LIMIT_US = 20 * SECOND_US;

/** Where a set of programs was found, and the kernel that they run on. */
export interface Found {
  readonly set: ProgramSet;
  readonly folder: string;
  readonly kernel: Kernel;
}

/** What the guest plays with. */
interface Joined {
  readonly arena: Arena;
  readonly reports: GuestReports;
  readonly turns: Turns;
}

/** Programs with drivers of their own, in a guest on our registers whose kernel has no driver for them. */
export class ProgramsInLab implements LabHost {
  readonly tags = false;
  readonly ticks = false;
  readonly sinks = [];
  private readonly _found: Found;
  private readonly _entry: MatchEntry;
  private readonly _place: Place;
  private readonly _script: WorkloadScript;
  private readonly _program: GuestProgram;
  private readonly _reader = new ReportReader();
  private _joined: Joined | undefined;
  private _host: LinuxHost | undefined;
  private _why: MatchEnd["why"] | undefined;
  private _guestUs = 0;
  private readonly _accesses = new CountedAccesses({
    goesOn: () => this._why === undefined,
    lockedUp: (text) => {
      this.#at().arena.tracer.emit({ e: "guest", what: "lockup", text });
      this.#end("guest-ended");
    },
  });

  constructor(found: Found, entry: MatchEntry) {
    const { scenario } = entry;
    this._found = found;
    this._entry = entry;
    const kind = systemInterfaceOf(scenario);
    this._place = placeFor(kind, found.kernel);
    this._script = workloadScript(scenario, found.set, found.set.drivers[kind] ?? []);
    const begin = { step: "write-file", path: Witness.begin, text: "begin\n" } as const;
    this._program = {
      tickUs: this._place.tickUs,
      setup: this._place.setup,
      setupLimitUs: SETUP_LIMIT_US,
      actors: [
        { name: "programs", steps: [begin, { step: "sleep-until", us: 2 * scenario.until }] },
      ],
      untilUs: scenario.until,
      atEnd: "pause",
    };
  }

  join(arena: Arena): void {
    const turns = new Turns(this._script.turns, this._found.set, arena.tracer, () => {
      this.#end("done");
    });
    const reports = new GuestReports(this._program, arena.tracer, {
      mayBeKnown: () => {},
      ready: () => {
        arena.tracer.emit({ e: "host", what: "up", text: "the guest's programs begin" });
        arena.director.workloadBegan();
      },
      allDone: () => this.#end("time"),
    });
    this._joined = { arena, reports, turns };
  }

  *play(): Steps<HostLeft> {
    const { options } = this._entry;
    const { wallLimitMs = WALL_LIMIT_MS } = options;
    const { turns } = this.#at();
    const witness = yield* settled(this.#witness());
    const host = yield* settled(LinuxHost.start(this.#guest(witness, wallLimitMs)));
    this._host = host;
    const abort = () => this.#end("interrupted");
    options.signal?.addEventListener("abort", abort, { once: true });
    if (options.signal?.aborted === true || this._why !== undefined) void host.stop();
    const end = yield* settled(host.ended);
    options.signal?.removeEventListener("abort", abort);
    const brokeOff = this._why === undefined ? whyBrokenOff(end, wallLimitMs) : undefined;
    if (brokeOff !== undefined) this.#end("interrupted");
    this.#end("guest-ended");
    const remarks = [...host.notes, ...this._script.remarks];
    return { remarks, brokeOff, misses: [...turns.misses, ...this.#untouched()] };
  }

  #at(): Joined {
    assert(this._joined !== undefined, "the host has joined");
    return this._joined;
  }

  async #witness(): Promise<GuestWitness> {
    const { set, folder } = this._found;
    await checkedVersion(set, folder);
    const names = new Set(this._script.turns.flatMap(({ command }) => command.slice(0, 1)));
    return {
      busybox: busybox(),
      script: this._script.text,
      arguments: [],
      begins: "begun",
      ends: "",
      members: await programMembers(set, folder, names),
      line: (text) => {
        if (this._why === undefined) this.#at().turns.line(plain(text));
      },
    };
  }

  #guest(witness: GuestWitness, wallLimitMs: number): Parameters<typeof LinuxHost.start>[0] {
    const { options, scenario } = this._entry;
    const { arena, reports } = this.#at();
    const port = guestPort(arena.wire, () => arena.time.nowUs > this._guestUs);
    return {
      kernel: this._found.kernel,
      program: compileGuest(this._program),
      interrupt: "poll",
      realTime: options.realTime ?? false,
      witness,
      ...(options.qemu === undefined ? {} : { qemu: options.qemu }),
      kernelArguments: [...this._place.kernelArguments, ...(options.kernelArguments ?? [])],
      wallLimitMs,
      machine: {
        kind: systemInterfaceOf(scenario),
        port: this._accesses.port(port),
        described: this._place.described,
        tick: (guestUs) => this.#tick(guestUs),
        report: (byte) => {
          for (const report of this._reader.push(Uint8Array.of(byte))) reports.take(report);
        },
        console: (line) => this.#console(plain(line)),
      },
    };
  }

  #tick(guestUs: number): void {
    this._accesses.ticked();
    this._guestUs = guestUs;
    if (this._why === undefined) this.#at().arena.time.runUntil(guestUs);
  }

  #untouched(): readonly string[] {
    if (this._accesses.all > 0) return [];
    return [`${this._found.set.title} made no register access at all`];
  }

  #console(text: string): void {
    if (text === "" || this._why !== undefined) return;
    const { tracer } = this.#at().arena;
    tracer.emit({ e: "console", text });
    const what = troubleIn(text);
    if (what !== undefined) tracer.emit({ e: "guest", what, text });
  }

  /** The match is over: the trace ends here, whatever the guest does until it is gone. */
  #end(why: MatchEnd["why"]): void {
    if (this._why !== undefined) return;
    this._joined?.turns.cutOff();
    this._entry.end(why);
    this._why = why;
    void this._host?.stop();
  }
}
