import type { RuleCases } from "./case.ts";
import { type Store, sdr, sel, words } from "./record-words.ts";

/** A record that is added in pieces, of either store. */
function cases(store: Store) {
  const { part, half, rest } = words(store);
  const first = part("00", `00 00 ${half}`, "00 01 00");
  return {
    fires: [
      { name: "C9h", script: [...first, ...part("06", rest, "c9", true)] },
      { name: "another id", script: [...first, ...part("06", rest, "00 02 00", true)] },
      { name: "80h, of all bytes", script: [...first, ...part("06", rest, "80", true)] },
    ],
    silent: [
      { name: "taken", script: [...first, ...part("06", rest, "00 01 00", true)] },
      { name: "a gap", script: [...first, ...part("07", rest, "c9", true)] },
    ],
  };
}

const ofSel = cases(sel);
const { part, rest } = words(sel);

export const recordPiecesCases: RuleCases = {
  "SEL-11": {
    fires: ofSel.fires,
    silent: [
      ...ofSel.silent,
      {
        name: "80h, of a type that is not defined",
        script: [...part("00", "00 00 00 c1 00 00", "00 01 00"), ...part("06", rest, "80", true)],
      },
    ],
  },
  "SDR-12": cases(sdr),
};
