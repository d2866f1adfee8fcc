import { RecordId, WHOLE_RECORD } from "../../ipmi/commands/storage/allocation.ts";
import {
  getSdr,
  getSdrRepositoryAllocationInfo,
  getSdrRepositoryInfo,
  getSdrRepositoryTime,
} from "../../ipmi/commands/storage/sdr.ts";
import { Cc } from "../../ipmi/completion.ts";
import { ask, did, hex } from "../asking.ts";
import type { Case, Course } from "../case.ts";
import type { Look } from "../look.ts";
import { claimOf } from "./devices.ts";

const WALK_MAX = 1_024;
/** The record's id, version, type and length. @see IPMI 2.0 §43 */
const HEADER_BYTES = 5;
/** Codes by which a BMC says that so much cannot be read at once. @see IPMI 2.0 §33.12 */
const TOO_MUCH: readonly number[] = [
  Cc.CannotReturnBytes,
  Cc.RequestLengthExceeded,
  Cc.Unspecified,
];

/** What there is of the repository can be read. */
export const sdrCases: readonly Case[] = [
  {
    id: "sdr/info",
    section: "IPMI 2.0 §33.9",
    title: "Get SDR Repository Info states version, records and room.",
    *run(look) {
      const claim = yield* claimOf("sdrRepositoryDevice");
      const { answer } = yield* ask(getSdrRepositoryInfo, {});
      did(look, answer, claim);
    },
  },
  {
    id: "sdr/allocation",
    section: "IPMI 2.0 §33.10",
    title: "Get SDR Repository Allocation Info is there if Get SDR Repository Info says so.",
    *run(look) {
      const info = yield* ask(getSdrRepositoryInfo, {});
      if (!did(look, info.answer) || info.value === undefined) return;
      const claimed = info.value.allocationInfoSupported;
      const { answer } = yield* ask(getSdrRepositoryAllocationInfo, {});
      look.claim({
        what: "Get SDR Repository Allocation Info",
        by: "Get SDR Repository Info",
        claimed: claimed ? "yes" : "no",
        answered: hex(answer.cc),
        agrees: claimed === (answer.cc !== Cc.InvalidCommand),
      });
      did(look, answer, claimed ? "Get SDR Repository Info names it" : undefined);
    },
  },
  {
    id: "sdr/walk",
    section: "IPMI 2.0 §33.12",
    title: "The repository can be walked from its first record to its last, each once.",
    *run(look) {
      const info = yield* ask(getSdrRepositoryInfo, {});
      if (!did(look, info.answer, yield* claimOf("sdrRepositoryDevice"))) return;
      const records = info.value?.recordCount ?? 0;
      if (records > 0) yield* walked(look, records);
    },
  },
  {
    id: "sdr/time",
    section: "IPMI 2.0 §33.17",
    title: "Get SDR Repository Time is answered.",
    *run(look) {
      const { answer } = yield* ask(getSdrRepositoryTime, {});
      did(look, answer);
    },
  },
];

function* walked(look: Look, records: number): Course {
  const seen = new Set<number>();
  let id: number = RecordId.First;
  while (id !== RecordId.Last && seen.size < WALK_MAX) {
    const { answer, value } = yield* recordRead(id);
    if (!did(look, answer) || value === undefined) return;
    if (value.data.length < HEADER_BYTES) {
      return look.violates("IPMI 2.0 §43", `record ${hex(id, 4)} comes without its whole header`);
    }
    if (seen.has(id)) {
      return look.violates("IPMI 2.0 §33.12", `the repository leads back to record ${hex(id, 4)}`);
    }
    seen.add(id);
    id = value.nextRecordId;
  }
  if (id !== RecordId.Last) {
    return look.inconclusive(`only the first ${WALK_MAX} of ${records} records were read`);
  }
  if (seen.size !== records) {
    const text = `Get SDR Repository Info states ${records} records, and a walk finds ${seen.size}`;
    look.violates("IPMI 2.0 §33.9, §33.12", text);
  }
}

/** The whole record, or as much as every BMC can return of it. */
function* recordRead(recordId: number) {
  const request = { reservationId: 0, recordId, offset: 0 };
  const whole = yield* ask(getSdr, { ...request, count: WHOLE_RECORD });
  if (!TOO_MUCH.includes(whole.answer.cc)) return whole;
  return yield* ask(getSdr, { ...request, count: HEADER_BYTES });
}
