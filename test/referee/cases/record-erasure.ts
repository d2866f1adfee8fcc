import { asked, bmc, exchange, fault, given } from "../script.ts";
import type { RuleCases } from "./case.ts";
import { type Script, type Store, sdr, sel, words } from "./record-words.ts";

/** What a store says of its own erasing. */
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

export const recordErasureCases: RuleCases = {
  "SEL-15": cases(sel),
  "SDR-15": cases(sdr),
};
