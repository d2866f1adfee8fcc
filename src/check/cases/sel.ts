import { RecordId, WHOLE_RECORD } from "../../ipmi/commands/storage/allocation.ts";
import {
  getSelAllocationInfo,
  getSelEntry,
  getSelInfo,
  getSelTime,
  getSelTimeUtcOffset,
} from "../../ipmi/commands/storage/sel.ts";
import { Cc } from "../../ipmi/completion.ts";
import { ask, did, hex, pause } from "../asking.ts";
import type { Case, Course } from "../case.ts";
import type { Look } from "../look.ts";
import { claimOf } from "./devices.ts";

/** More entries than these are not read: a full log of a server takes minutes. */
const WALK_MAX = 256;
const RECORD_BYTES = 16;
const SECOND_US = 1_000_000;

/** What there is of the log can be read. */
export const selCases: readonly Case[] = [
  {
    id: "sel/info",
    section: "IPMI 2.0 §31.2",
    title: "Get SEL Info states version, entries and room.",
    *run(look) {
      const claim = yield* claimOf("selDevice");
      const { answer } = yield* ask(getSelInfo, {});
      did(look, answer, claim);
    },
  },
  {
    id: "sel/allocation",
    section: "IPMI 2.0 §31.3",
    title: "Get SEL Allocation Info is there if Get SEL Info says so, and agrees with it.",
    *run(look) {
      const info = yield* ask(getSelInfo, {});
      if (!did(look, info.answer) || info.value === undefined) return;
      const claimed = info.value.allocationInfoSupported;
      const { answer } = yield* ask(getSelAllocationInfo, {});
      look.claim({
        what: "Get SEL Allocation Info",
        by: "Get SEL Info",
        claimed: claimed ? "yes" : "no",
        answered: hex(answer.cc),
        agrees: claimed === (answer.cc !== Cc.InvalidCommand),
      });
      did(look, answer, claimed ? "Get SEL Info names it" : undefined);
    },
  },
  {
    id: "sel/walk",
    section: "IPMI 2.0 §31.5",
    title: "The log can be walked from its first entry to its last, each once.",
    *run(look) {
      const info = yield* ask(getSelInfo, {});
      if (!did(look, info.answer, yield* claimOf("selDevice"))) return;
      if (info.value === undefined || info.value.entries === 0) return yield* emptyLog(look);
      yield* walked(look, info.value.entries);
    },
  },
  {
    id: "sel/time",
    section: "IPMI 2.0 §31.10",
    title: "The log's time goes on by seconds.",
    *run(look) {
      const claim = yield* claimOf("selDevice");
      const first = yield* ask(getSelTime, {});
      if (!did(look, first.answer, claim)) return;
      yield* pause(2 * SECOND_US);
      const second = yield* ask(getSelTime, {});
      if (first.value === undefined || second.value === undefined) return;
      const passed = second.value.time - first.value.time;
      if (passed < 1 || passed > 4) {
        look.tolerable("IPMI 2.0 §31.10", `in two seconds the log's time goes on by ${passed} s`);
      }
    },
  },
  {
    id: "sel/utc-offset",
    section: "IPMI 2.0 §31.11a",
    title: "Get SEL Time UTC Offset gives minutes of a day, or that it is unspecified.",
    *run(look) {
      const { answer } = yield* ask(getSelTimeUtcOffset, {});
      did(look, answer);
    },
  },
];

function* emptyLog(look: Look): Course {
  const { answer } = yield* ask(getSelEntry, entryAsked(RecordId.First));
  if (answer.maker !== "bmc") look.inconclusive("an entry of the empty log is not answered for");
  else if (answer.cc === Cc.Ok) {
    look.violates("IPMI 2.0 §31.2, §31.5", "the log has no entries, and its first one can be read");
  }
}

function* walked(look: Look, entries: number): Course {
  const seen = new Set<number>();
  let id: number = RecordId.First;
  while (id !== RecordId.Last && seen.size < WALK_MAX) {
    const { answer, value } = yield* ask(getSelEntry, entryAsked(id));
    if (!did(look, answer) || value === undefined) return;
    const { data, nextRecordId } = value;
    if (data.length !== RECORD_BYTES) {
      return look.violates("IPMI 2.0 §32", `entry ${hex(id, 4)} has ${data.length} bytes, not 16`);
    }
    const own = (data[0] ?? 0) | ((data[1] ?? 0) << 8);
    if (seen.has(own)) {
      return look.violates("IPMI 2.0 §31.5", `the log leads back to entry ${hex(own, 4)}`);
    }
    seen.add(own);
    id = nextRecordId;
  }
  if (id !== RecordId.Last) {
    return look.inconclusive(`only the first ${WALK_MAX} of ${entries} entries were read`);
  }
  if (seen.size !== entries) {
    // Something may have been logged meanwhile.
    const again = yield* ask(getSelInfo, {});
    if (again.value?.entries === entries) {
      const text = `Get SEL Info states ${entries} entries, and a walk finds ${seen.size}`;
      look.violates("IPMI 2.0 §31.2, §31.5", text);
    }
  }
}

/** A whole entry. */
function entryAsked(recordId: number) {
  return { reservationId: 0, recordId, offset: 0, count: WHOLE_RECORD };
}
