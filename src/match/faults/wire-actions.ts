import { assert } from "../../assert.ts";
import { type Acts, act } from "../../scenario/vocabulary/choice.ts";
import type { WireAction, WireValuesOn } from "../../scenario/vocabulary/wire.ts";
import type { InterfaceOn } from "../../wire/interface.ts";
import type { RegisterFault } from "../../wire/registers/faults.ts";
import type { SmbusFault } from "../../wire/smbus/faults.ts";

type RegisterValues = WireValuesOn<InterfaceOn<"registers">>;
type BusValues = WireValuesOn<InterfaceOn<"bus">>;

/** What an SMI handler does on a register block, before the host's next access. */
export type SmiFault = (smi: RegisterValues["smi"]) => RegisterFault;

/** What a scenario's `wire:` does to a register block. */
export function registerFault(action: WireAction, smi?: SmiFault): RegisterFault {
  return act(ON_REGISTERS, action, smi);
}

/** What a scenario's `wire:` does to a bus. */
export function busFault(action: WireAction): SmbusFault {
  return act(ON_THE_BUS, action);
}

/** A write that arrives twice does so the second time so much later, in µs. */
const REPEAT_LATER_US = 20;

const ON_REGISTERS: Acts<RegisterValues, [SmiFault | undefined], RegisterFault> = {
  stuck: (stuck) => ({ kind: "stuck", ...stuck }),
  "ibf-late": (us) => ({ kind: "busy-late", us }),
  "ibf-never": () => ({ kind: "busy-late", us: Number.MAX_SAFE_INTEGER }),
  "busy-late": (us) => ({ kind: "busy-late", us }),
  "lost-write": (lost) => ({ kind: "lost-write", ...lost }),
  "repeated-write": ({ reg, count, later: us = REPEAT_LATER_US }) => {
    return { kind: "repeated-write", reg, count, us };
  },
  corrupt: (corrupt) => ({ kind: "corrupt", ...corrupt }),
  smi: (what, smi) => {
    assert(smi !== undefined, "an SMI handler shares the block");
    return smi(what);
  },
  "all-ones": () => ({ kind: "absent", value: 0xff }),
  "missing-interrupt": () => ({ kind: "missing-interrupt" }),
  "spurious-interrupt": (us) => ({ kind: "spurious-interrupt", us }),
};

const ON_THE_BUS: Acts<BusValues, [], SmbusFault> = {
  nack: ({ on, ...often }) => ({ kind: "nack", ...counted(often), on }),
  arbitration: ({ on, ...often }) => ({ kind: "arbitration", ...counted(often), on }),
  corrupt: ({ direction, xor, ...often }) => {
    return { kind: "corrupt", ...counted(often), direction, xor };
  },
  repeat: (often) => ({ kind: "repeat", ...counted(often) }),
  "no-stop": ({ after, ...often }) => ({ kind: "no-stop", ...counted(often), after }),
  stretch: ({ time, ...often }) => ({ kind: "stretch", ...counted(often), us: time }),
  "stuck-line": (line) => ({ kind: "stuck", line }),
  "all-ones": () => ({ kind: "absent" }),
  "missing-interrupt": () => ({ kind: "lost-alert" }),
  "spurious-interrupt": (us) => ({ kind: "spurious-alert", us }),
};

function counted({ skip = 0, count }: { readonly skip?: number | undefined; count: number }) {
  return { skip, count };
}
