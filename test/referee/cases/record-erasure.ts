import { asked, bmc, exchange, fault, given, said } from "../script.ts";
import type { RuleCases } from "./case.ts";
import { type Script, type Store, sdr, sel, words } from "./record-words.ts";

/** What a store says of its own erasing, and what a reset of the BMC leaves in it. */
function cases(store: Store) {
  const { clears, progress } = words(store);
  const over: Script = clears("01 00");
  const begun: Script = clears("01 00", "00 00");
  const running = progress("00 00");
  const anotherOne = asked(`28 ${store.cmd.clear} 01 00 43 4c 52 aa`);
  const asks = asked(`28 ${store.cmd.clear} 00 00 43 4c 52 00`);
  const runs = given(`2c ${store.cmd.clear} 00 00`);
  const seen = (operation: string, answer: string) =>
    exchange(
      `28 ${store.cmd.clear} 00 00 43 4c 52 ${operation}`,
      `2c ${store.cmd.clear} ${answer}`,
    );
  return {
    fires: [
      { name: "it was over at once", script: [...over, ...running] },
      { name: "it came to its end", script: [...begun, ...progress("00 01"), ...running] },
      { name: "a refusal began none", script: [...over, ...clears("01 00", "c5"), ...running] },
    ],
    silent: [
      { name: "it goes on", script: [...begun, ...running, ...running, ...progress("00 01")] },
      { name: "nobody knows of one", script: running },
      { name: "another one", script: [...over, ...begun, ...running] },
      { name: "perhaps another one", script: [...over, anotherOne, ...running] },
      { name: "a reset", script: [...over, bmc("reset", 0, "cold"), ...running] },
      { name: "refused", script: [...over, ...progress("c0")] },
      { name: "on orders", script: [...over, asks, fault("bmc"), fault("bmc", "ends"), runs] },
      { name: "perhaps another's", script: [seen("aa", "00 01"), seen("00", "00 00")] },
    ],
  };
}

const { adds, clears, lacks, reads, states } = words(sel);
const stated: Script = [...adds("05 00"), ...states("02 00")];
const reset = bmc("reset", 0, "cold");
const coldReset = said("18 02", "1c 02 00");
const clearing = asked(`28 ${sel.cmd.clear} 01 00 43 4c 52 aa`);

export const recordErasureCases: RuleCases = {
  "SEL-15": cases(sel),
  "SDR-15": cases(sdr),
  "SEL-16": {
    fires: [
      { name: "fewer", script: [...stated, reset, ...states("01 00")] },
      { name: "one that was added", script: [...adds("05 00"), reset, ...lacks("05 00")] },
      { name: "one that was read", script: [...reads("05 00", "06 00"), reset, ...lacks("05 00")] },
      { name: "power was lost", script: [...stated, bmc("power-on"), ...states("00 00")] },
      { name: "told of twice", script: [...stated, ...coldReset, reset, ...states("00 00")] },
    ],
    silent: [
      { name: "all", script: [...stated, reset, ...states("02 00"), ...reads("05 00", "06 00")] },
      { name: "more", script: [...stated, reset, ...states("03 00")] },
      {
        name: "cleared before",
        script: [...stated, ...clears("01 00"), reset, ...states("00 00")],
      },
      { name: "cleared after", script: [...stated, reset, ...clears("01 00"), ...states("00 00")] },
      { name: "perhaps cleared", script: [...stated, clearing, reset, ...states("00 00")] },
      { name: "no reset", script: [...stated, ...states("01 00")] },
    ],
  },
};
