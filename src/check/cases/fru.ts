import { getFruInventoryAreaInfo, readFruData } from "../../ipmi/commands/storage/fru.ts";
import { Cc } from "../../ipmi/completion.ts";
import { answerText, ask, did } from "../asking.ts";
import type { Case } from "../case.ts";
import { claimOf } from "./devices.ts";

/** What every interface can carry in one response. */
const PIECE = 16;
/** More than these are not read. */
const BYTES_MAX = 2_048;
const HEADER_BYTES = 8;

/** FRU device 0. */
export const fruCases: readonly Case[] = [
  {
    id: "fru/area",
    section: "IPMI 2.0 §34.1",
    title: "Get FRU Inventory Area Info states the size of FRU device 0.",
    *run(look) {
      const claim = yield* claimOf("fruInventoryDevice");
      const { answer } = yield* ask(getFruInventoryAreaInfo, { fruId: 0 });
      did(look, answer, claim);
    },
  },
  {
    id: "fru/read",
    section: "IPMI 2.0 §34.2",
    title: "All of FRU device 0 can be read, and nothing beyond it.",
    *run(look) {
      const info = yield* ask(getFruInventoryAreaInfo, { fruId: 0 });
      const claim = yield* claimOf("fruInventoryDevice");
      if (!did(look, info.answer, claim) || info.value === undefined) return;
      const unit = info.value.accessByWords ? 2 : 1;
      const units = Math.min(info.value.areaBytes, BYTES_MAX) / unit;
      for (let offset = 0; offset < units; ) {
        const count = Math.min(PIECE / unit, units - offset);
        const { answer, value } = yield* ask(readFruData, { fruId: 0, offset, count });
        if (!did(look, answer) || value === undefined) return;
        if (value.count === 0) {
          return look.violates("IPMI 2.0 §34.2", `a read at ${offset} gives nothing, with success`);
        }
        offset += value.count;
      }
    },
  },
  {
    id: "fru/header",
    section: "IPMI 2.0 §34; FRU Information Storage Definition 1.0 §8",
    title: "The common header of FRU device 0 sums up to zero.",
    *run(look) {
      const info = yield* ask(getFruInventoryAreaInfo, { fruId: 0 });
      if (!did(look, info.answer) || info.value === undefined) return;
      const count = info.value.accessByWords ? HEADER_BYTES / 2 : HEADER_BYTES;
      const { answer } = yield* ask(readFruData, { fruId: 0, offset: 0, count });
      did(look, answer);
    },
  },
  {
    id: "fru/absent",
    section: "IPMI 2.0 §34.1, §34.2",
    title: "The reserved FRU device FFh is refused.",
    *run(look) {
      const { answer } = yield* ask(readFruData, { fruId: 0xff, offset: 0, count: PIECE });
      if (answer.maker !== "bmc") look.inconclusive(answerText(answer));
      else if (answer.cc === Cc.Ok) {
        look.violates("IPMI 2.0 §34.1", "the reserved FRU device FFh gives data");
      } else if (answer.cc === Cc.InvalidCommand) did(look, answer);
    },
  },
];
