import fc from "fast-check";
import { expect } from "vitest";
import { Referee, type RefereeHead, type Verdict } from "../../src/referee/index.ts";
import { InjectedFaults } from "../../src/referee/injected-faults.ts";
import type { Observer } from "../../src/referee/observer.ts";
import { protocols } from "../../src/referee/protocols.ts";
import { tellOfWire } from "../../src/referee/wire-events.ts";
import type { TraceEvent } from "../../src/trace/events.ts";
import { DEFAULT_PROMISES, type Taps, traceHead } from "../../src/trace/head.ts";
import { encodeEvent, encodeHead, readTrace } from "../../src/trace/jsonl.ts";
import {
  bmc,
  end,
  events,
  type Faces,
  fault,
  host,
  named,
  type Script,
} from "../referee/script.ts";
import { holdTo, type Implementation } from "./contract.ts";
import { BT, KCS, SMIC, SSIF, type Watched } from "./observers.ts";

const OBSERVERS: readonly (Watched & Implementation<keyof typeof CASES>)[] = [
  { ...KCS, skips: {} },
  { ...SMIC, skips: {} },
  { ...BT, skips: {} },
  { ...SSIF, skips: {} },
];

interface Told {
  event(event: TraceEvent): void;
}

const FACES = ["both", "host", "bmc"] as const;
const LONG_US = 60_000_000;
const RUNS = { seed: 20_264, numRuns: 150 };

const CASES = {
  "a right session breaks no rule and is counted, by each face": (watched: Watched) => {
    for (const faces of FACES) {
      const verdict = judged(watched, [...watched.session, end()], faces);
      expect(named(verdict), faces).toEqual([]);
      expect(verdict.transactions, faces).toBe(watched.transactions);
    }
  },

  "before anything has happened nobody waits, and nothing was transferred": ({ name }: Watched) => {
    for (const faces of FACES) {
      const { host: hostFace, bmc: bmcFace } = observer(name, faces);
      expect(hostFace.transfer).toMatchObject({ serial: 0, sent: false, complete: false });
      expect(bmcFace.exchange).toMatchObject({ serial: 0, sent: false, complete: false });
      expect([hostFace.accesses, hostFace.bars, hostFace.waitsUs(1e9)]).toEqual([0, 0, -1]);
      expect([bmcFace.away, bmcFace.silent]).toEqual([false, false]);
      expect(hostFace.place).not.toBe("");
    }
  },

  "after a session both faces have the last transaction, whole": (watched: Watched) => {
    for (const faces of FACES) {
      const seen = observer(watched.name, faces);
      const trace = events(watched.session, faces);
      for (const event of trace) seen.event(event);
      const { request, response } = watched.last;
      const last = faces === "bmc" ? seen.bmc.exchange : seen.host.transfer;
      expect([...last.request.copy()], faces).toEqual(request);
      expect([...last.response.copy()].slice(0, response.length), faces).toEqual(response);
      expect(seen.host.waitsUs(1e9), faces).toBe(-1);
      expect(seen.bmc.silent, faces).toBe(false);
      if (faces === "bmc") continue;
      expect(last.complete).toBe(true);
      expect(seen.host.accesses).toBe(trace.filter(({ e }) => e.startsWith("host.")).length);
    }
  },

  "a host waits once its request was sent and while it sees nothing to take": (
    watched: Watched,
  ) => {
    for (const faces of ["both", "host"] as const) {
      const seen = observer(watched.name, faces);
      let waited = -1;
      for (const event of events(watched.session, faces)) {
        seen.event(event);
        // Longer than any BMC says that it takes.
        const waitsUs = seen.host.waitsUs(event.t + LONG_US);
        if (!seen.host.transfer.sent) expect(waitsUs).toBe(-1);
        waited = Math.max(waited, waitsUs);
      }
      expect(waited, faces).toBeGreaterThanOrEqual(watched.looksWithinUs ?? LONG_US);
    }
  },

  "a new driver, and a BMC that comes back, begin a right session anew": (watched: Watched) => {
    for (const faces of FACES) {
      for (const cut of cuts(watched.session)) {
        const script: Script = [
          ...watched.session.slice(0, cut),
          host("removed"),
          bmc("reset", 0, "cold"),
          bmc("away", 0, "hold"),
          "+10s",
          bmc("up"),
          host("inserted"),
          ...watched.session,
          end(),
        ];
        judged(watched, script, faces);
        const seen = observer(watched.name, faces);
        for (const event of events(watched.session.slice(0, cut), faces)) seen.event(event);
        seen.hostRestarts();
        seen.bmcForgets();
        for (const event of later(events(watched.session, faces))) seen.event(event);
        const last = faces === "bmc" ? seen.bmc.exchange : seen.host.transfer;
        expect([...last.request.copy()], `${faces}, ${cut}`).toEqual(watched.last.request);
      }
    }
  },

  // Goal: no order of events brings the referee down. Method: random ones, seeded.
  "whatever is in the trace is judged, by each face": (watched: Watched) => {
    fc.assert(
      fc.property(fc.array(watched.piece, { maxLength: 120 }), (pieces) => {
        for (const faces of FACES) judged(watched, [...pieces.flat(), end()], faces);
      }),
      RUNS,
    );
  },

  // Goal: the same of traces that begin as right ones do. Method: events of a right session are
  // left out, doubled, swapped and changed.
  "a right session that was spoilt is judged, by each face": (watched: Watched) => {
    const whole = events(watched.session);
    const spoil = fc.record({
      at: fc.nat(whole.length - 1),
      how: fc.constantFrom("lost", "doubled", "swapped", "changed"),
      value: fc.constantFrom(...watched.telling),
    });
    fc.assert(
      fc.property(fc.array(spoil, { minLength: 1, maxLength: 12 }), (spoils) => {
        const trace = [...whole];
        for (const { at, how, value } of spoils) spoilt(trace, at, how, value);
        for (const faces of FACES) {
          judge(watched, numbered(trace).filter(seenBy(faces)), faces);
        }
      }),
      RUNS,
    );
  },

  // Goal: a verdict on a recorded trace is the verdict on the match itself.
  "the verdict is the same after writing and reading": (watched: Watched) => {
    const head = traceHead({
      scenario: "",
      host: "stack",
      bmc: "model",
      interface: watched.name,
      seed: 0,
      taps: { host: true, bmc: true },
      clock: "virtual",
      scenarioText: "",
    });
    fc.assert(
      fc.property(fc.array(watched.piece, { maxLength: 60 }), (pieces) => {
        const live = new Referee(head);
        const lines = [encodeHead(head)];
        for (const event of events([...watched.session, ...pieces.flat(), end()])) {
          live.event(event);
          lines.push(encodeEvent(event));
        }
        const again = new Referee(head);
        for (const event of readTrace(lines).events) again.event(event);
        expect(again.verdict()).toEqual(live.verdict());
      }),
      { ...RUNS, numRuns: 40 },
    );
  },

  // Goal: what a wire fault shows the host is never held against the BMC. Method: a right session;
  // while the fault is active each read of the host may show anything. It ends at any place.
  "while a wire fault is active, the BMC is not blamed for what the host sees": (
    watched: Watched,
  ) => {
    const { session, telling } = watched;
    const noise = fc.array(fc.constantFrom(-1, -1, -1, ...telling), { minLength: session.length });
    for (const faces of ["both", "host"] as const) {
      fc.assert(
        fc.property(noise, fc.nat(session.length), (values, cut) => {
          const script = [
            ...[...session, fault("wire"), ...session.slice(0, cut), fault("wire", "ends")],
            ...[...session.slice(cut), ...session, end()],
          ];
          let active = false;
          const trace = events(script, faces).map((event, at) => {
            if (event.e === "fault") active = event.what === "fires";
            const value = values[at % values.length] ?? -1;
            return active && value >= 0 ? reading(event, value) : event;
          });
          expect(judge(watched, trace, faces).fault).not.toContain("bmc");
        }),
        { ...RUNS, numRuns: 100 },
      );
    }
  },

  "the same without a fault is held against the BMC": (watched: Watched) => {
    const { isThis, value } = watched.lie;
    const trace = events([...watched.session, ...watched.session, end()], "host");
    const at = trace.findLastIndex(isThis);
    expect(at).toBeGreaterThan(0);
    const lied = trace.map((event, index) => (index === at ? reading(event, value) : event));
    expect(judge(watched, lied, "host").fault).toContain("bmc");
  },
};

holdTo(OBSERVERS, CASES);

function headOf({ name }: Pick<Watched, "name">, faces: Faces): RefereeHead {
  const seats = { host: "stack", bmc: "model" } as const;
  return { ...seats, interface: name, taps: tapsOf(faces), promises: DEFAULT_PROMISES };
}

function tapsOf(faces: Faces): Taps {
  return { host: faces !== "bmc", bmc: faces !== "host" };
}

function judged(watched: Watched, script: Script, faces: Faces): Verdict {
  return judge(watched, events(script, faces), faces);
}

function judge(watched: Watched, trace: readonly TraceEvent[], faces: Faces): Verdict {
  const referee = new Referee(headOf(watched, faces));
  for (const event of trace) referee.event(event);
  return referee.verdict();
}

/** The protocol's observer alone, with no rule that listens, and how it is told of an event. */
function observer(name: Watched["name"], faces: Faces): Observer & Told {
  const protocol = protocols.find((each) => each.name === name);
  if (protocol === undefined) throw new Error(`the referee follows ${name}`);
  const match = {
    head: headOf({ name }, faces),
    faults: new InjectedFaults({ host: true, bmc: true }),
    breaches: { host: 0, bmc: 0 },
  };
  const nobody = { judgedBy: () => false, reporterOf: () => () => {} };
  const { observer: alone, topics } = protocol.follow({ ...match, ...nobody });
  return Object.assign(alone, { event: (event: TraceEvent) => void tellOfWire(topics, event) });
}

function reading(event: TraceEvent, value: number): TraceEvent {
  const reads = event.e === "host.read" || (event.e === "host.bus" && event.op === "read");
  return reads ? { ...event, value } : event;
}

function spoilt(trace: TraceEvent[], at: number, how: string, value: number): void {
  const event = trace[at];
  const next = trace[at + 1];
  if (event === undefined) return;
  if (how === "lost") trace.splice(at, 1);
  else if (how === "doubled") trace.splice(at, 0, event);
  else if (how === "swapped" && next !== undefined) trace.splice(at, 2, next, event);
  else if ("value" in event && typeof event.value === "number") trace[at] = { ...event, value };
}

/** In their order, at times that do not go back. */
function numbered(trace: readonly TraceEvent[]): TraceEvent[] {
  let t = 0;
  return trace.map((event, n) => {
    t = Math.max(t + 1, event.t);
    return { ...event, n, t };
  });
}

function later(trace: readonly TraceEvent[]): TraceEvent[] {
  return trace.map((event) => ({ ...event, n: event.n + 100_000, t: event.t + 1e9 }));
}

function seenBy(faces: Faces): (event: TraceEvent) => boolean {
  return ({ e }) => {
    const isHost = e === "host.read" || e === "host.write" || e === "host.bus";
    if (isHost) return faces !== "bmc";
    return faces !== "host" || !e.startsWith("bmc.");
  };
}

/** Places at which a session may be cut: some ten of them. */
function cuts(session: Script): readonly number[] {
  const stride = Math.max(1, Math.floor(session.length / 10));
  return session.map((_, at) => at).filter((at) => at % stride === 0);
}
