import { assert } from "../../assert.ts";
import type { Absence } from "../../bmc/model.ts";
import type { BmcAction, BmcValues, Look } from "../../scenario/vocabulary/bmc.ts";
import { type Acts, act } from "../../scenario/vocabulary/choice.ts";
import type { Scheduler } from "../../time/scheduler.ts";
import type { OpalFault } from "../../wire/opal/faults.ts";
import type { LabWire, Misdeed } from "../wires/lab-wire.ts";
import type { Active } from "./active.ts";
import type { Stage } from "./stage.ts";

/** Where and how often something is done, and who is told when it is over by itself. */
interface Doing {
  readonly stage: Stage;
  readonly ended: () => void;
  /** It did nothing. */
  readonly refused: () => void;
  readonly times: number;
  readonly everyUs: number;
}

/** Does to the BMC what a scenario's `bmc:` asks for. */
export class BmcMisdeed implements Active {
  private readonly _times: number;
  private readonly _end: () => void;
  private _refusals = 0;

  constructor({ times = 1, every = 0, ...word }: BmcAction, stage: Stage, ended: () => void) {
    const refused = () => {
      this._refusals++;
    };
    this._times = times;
    this._end = act(ACTS, word, { stage, ended, refused, times, everyUs: every });
  }

  get acted(): boolean {
    return this._refusals < this._times;
  }

  end(): void {
    this._end();
  }
}

/** Registers that are not driven read all ones or all zeros; the rest the BMC itself shows. */
export function goAway(
  stage: { readonly wire: Pick<LabWire, "absent">; readonly scheduler: Scheduler },
  look: Look,
  us: number,
  leave: (absence: Absence) => void,
): void {
  if (look !== "all-ones" && look !== "zeros") return leave(look);
  leave("hold");
  const absent = stage.wire.absent(look === "zeros" ? 0x00 : 0xff);
  stage.scheduler.at(stage.scheduler.now() + us, "registers decode again", () => absent.end());
}

/** Each gives what ends it. */
const ACTS: Acts<BmcValues, [Doing], () => void> = {
  reset: ({ kind = "cold", away, look = "error" }, { stage, ended }) => {
    goAway(stage, look, away, (absence) => stage.bmc.reset(kind, away, absence));
    stage.scheduler.at(stage.scheduler.now() + away, "reset over", ended);
    return nothing;
  },
  hang: (what, { stage: { bmc } }) => {
    const hang = (hung: boolean) => {
      if (what === "chip") bmc.hang(hung);
      else bmc.daemon.hung = hung;
    };
    hang(true);
    return () => hang(false);
  },
  "when-closed": (whenClosed, { stage: { bmc } }) => {
    bmc.daemonGone(whenClosed);
    return () => bmc.daemonBack();
  },
  sticky: (queue, { stage: { bmc } }) => {
    bmc.controller.stick(queue);
    return () => bmc.controller.stick(undefined);
  },
  slow: (us, { stage: { bmc } }) => {
    bmc.daemon.slowUs = us;
    return () => {
      bmc.daemon.slowUs = 0;
    };
  },
  "own-timeout": (us, { stage: { bmc } }) => {
    bmc.daemon.ownTimeoutUs = us;
    return () => {
      bmc.daemon.ownTimeoutUs = undefined;
    };
  },
  watchdog: (misdeed, { stage: { bmc } }) => {
    bmc.controller.breakWatchdog(misdeed);
    return () => bmc.controller.breakWatchdog(undefined);
  },
  "bytes-late": (us, doing) => misbehave(doing, "bytes-late", us),
  "ready-late": (us, doing) => misbehave(doing, "ready-late", us),
  "state-late": (us, doing) => misbehave(doing, "state-late", us),
  "blocks-from": (first, doing) => misbehave(doing, "blocks-from", first),
  "address-refused": (_yes, doing) => misbehave(doing, "address-refused", 1),
  "response-kept": (_yes, doing) => misbehave(doing, "response-kept", 1),
  "requests-merged": (_yes, doing) => misbehave(doing, "requests-merged", 1),
  "opal-returns": (returns, doing) => miscall(doing, { kind: "returns", ...returns }),
  "opal-gives": (gives, doing) => miscall(doing, { kind: "gives", ...gives }),
  daemon: (what, doing) => {
    if (what !== "gone") return once(doing, () => DAEMON[what](doing.stage));
    doing.stage.bmc.daemon.stop();
    return () => doing.stage.bmc.daemonBack();
  },
  event: (record, doing) => {
    return repeatedly("event", doing, ({ bmc }) => bmc.controller.raiseEvent(record));
  },
  message: (message, doing) => {
    return repeatedly("message", doing, ({ bmc }) => {
      if (!bmc.controller.queueMessage(message)) doing.refused();
    });
  },
  firmware: ({ major, minorBcd }, doing) => {
    return once(doing, ({ bmc }) => bmc.controller.setFirmware(major, minorBcd));
  },
  power: (what, doing) => once(doing, ({ bmc }) => bmc.systemPower(what)),
};

type Once = Exclude<BmcValues["daemon"], "gone">;

const DAEMON: Readonly<Record<Once, (stage: Stage) => void>> = {
  restart: ({ bmc }) => {
    bmc.daemon.kill();
    bmc.device.dropOpener();
    bmc.daemonBack();
  },
  "second-opener": ({ bmc }) => bmc.openAgain(),
  abort: ({ bmc }) => bmc.device.abort(),
};

/** What the BMC does at its own face of the wire; 0 is a BMC that does as it should. */
function misbehave({ stage: { wire } }: Doing, how: Misdeed, amount: number): () => void {
  const set = wire.misdeeds[how];
  assert(set !== undefined, "a scenario's words make sense on its own interface");
  set(amount);
  return () => set(0);
}

/** What the firmware does in place of what it should. */
function miscall({ stage: { wire }, ended }: Doing, fault: OpalFault): () => void {
  assert(wire.calls !== undefined, "a scenario's words make sense on its own interface");
  const active = wire.calls(fault, ended);
  return () => active.end();
}

function once({ stage, ended }: Doing, done: (stage: Stage) => void): () => void {
  done(stage);
  ended();
  return nothing;
}

function repeatedly(label: string, doing: Doing, done: (stage: Stage) => void): () => void {
  const { scheduler } = doing.stage;
  for (let i = 0; i < doing.times; i++) {
    scheduler.at(scheduler.now() + i * doing.everyUs, label, () => done(doing.stage));
  }
  doing.ended();
  return nothing;
}

function nothing(): void {}
