import {
  CLEAR_SIGNATURE,
  ClearOperation,
  ErasureProgress,
  WHOLE_RECORD,
} from "../../ipmi/commands/storage/allocation.ts";
import {
  addSelEntry,
  clearSel,
  deleteSelEntry,
  getSelEntry,
  getSelInfo,
  reserveSel,
  type SelInfo,
} from "../../ipmi/commands/storage/sel.ts";
import { Cc } from "../../ipmi/completion.ts";
import { answerText, ask, did, hex, pause } from "../asking.ts";
import type { Case, Course } from "../case.ts";
import type { Look } from "../look.ts";
import { claimOf } from "./devices.ts";

/** An OEM record without a time: nobody takes it for an event. @see IPMI 2.0 §32.3 */
const RECORD = Uint8Array.from([
  ...[0x00, 0x00, 0xe0],
  ...[0x62, 0x61, 0x73, 0x65, 0x62, 0x6f, 0x61, 0x72, 0x64, 0x01, 0x02, 0x03, 0x04],
]);
/** Behind the id, which the BMC gives. */
const CONTENT_AT = 2;

const ERASURE_LOOKS = 50;
const ERASURE_EVERY_US = 200_000;
/** An erased log may say of itself that it was erased. */
const AFTER_ERASURE_MAX = 1;

/** What changes the log, and changes it back where it can. */
export const selWritingCases: readonly Case[] = [
  {
    id: "sel/reservation",
    section: "IPMI 2.0 §31.4",
    title: "A reservation ends with the next one: who deletes with the old one gets C5h.",
    needs: "write",
    *run(look) {
      const info = yield* writable(look);
      if (info === undefined) return;
      const old = yield* ask(reserveSel, {});
      if (!did(look, old.answer, "Get SEL Info names it") || old.value === undefined) return;
      const now = yield* ask(reserveSel, {});
      if (now.value === undefined) return void did(look, now.answer, "Get SEL Info names it");
      if (now.value.reservationId === old.value.reservationId) {
        return look.violates("IPMI 2.0 §31.4", "two reservations in a row have the same id");
      }
      const added = yield* addedEntry(look);
      if (added === undefined) return;
      const { reservationId } = old.value;
      const stale = yield* ask(deleteSelEntry, { reservationId, recordId: added });
      if (stale.answer.maker === "bmc" && stale.answer.cc === Cc.Ok) {
        return look.violates("IPMI 2.0 §31.4, §31.8", "an old reservation deletes an entry");
      }
      yield* deleted(look, added);
    },
  },
  {
    id: "sel/add-and-delete",
    section: "IPMI 2.0 §31.6, §31.8",
    title: "An entry that is added is the last one, reads as it was given, and can be deleted.",
    needs: "write",
    *run(look) {
      const before = yield* writable(look);
      if (before === undefined) return;
      const recordId = yield* addedEntry(look);
      if (recordId === undefined) return;
      yield* readsAsGiven(look, recordId);
      const after = yield* ask(getSelInfo, {});
      if (after.value !== undefined && after.value.entries <= before.entries) {
        look.violates("IPMI 2.0 §31.2", `${before.entries} entries, and with one more the same`);
      }
      yield* deleted(look, recordId);
      const { answer } = yield* ask(getSelEntry, whole(recordId));
      if (answer.maker === "bmc" && answer.cc === Cc.Ok) {
        look.violates("IPMI 2.0 §31.8", `entry ${hex(recordId, 4)} was deleted, and can be read`);
      }
    },
  },
  {
    id: "sel/clear-without-word",
    section: "IPMI 2.0 §31.9",
    title: "The log is not erased by who does not say CLR.",
    needs: "erase",
    *run(look) {
      const info = yield* ask(getSelInfo, {});
      const reserved = yield* ask(reserveSel, {});
      if (!did(look, reserved.answer) || reserved.value === undefined) return;
      const { reservationId } = reserved.value;
      const request = { reservationId, signature: 0x414141, operation: ClearOperation.Initiate };
      const { answer } = yield* ask(clearSel, request);
      if (answer.maker !== "bmc") return look.inconclusive(answerText(answer));
      const after = yield* ask(getSelInfo, {});
      const gone = (after.value?.entries ?? 0) < (info.value?.entries ?? 0);
      if (answer.cc === Cc.Ok || gone) {
        look.violates("IPMI 2.0 §31.9", `without CLR an erasure gets ${hex(answer.cc)}`);
      }
    },
  },
  {
    id: "sel/clear",
    section: "IPMI 2.0 §31.9",
    title: "An erasure comes to its end, and the log is empty.",
    needs: "erase",
    *run(look) {
      const reserved = yield* ask(reserveSel, {});
      if (!did(look, reserved.answer) || reserved.value === undefined) return;
      const { reservationId } = reserved.value;
      const common = { reservationId, signature: CLEAR_SIGNATURE };
      const begun = yield* ask(clearSel, { ...common, operation: ClearOperation.Initiate });
      if (!did(look, begun.answer, yield* claimOf("selDevice"))) return;
      let { value } = begun;
      for (let i = 0; i < ERASURE_LOOKS; i++) {
        if (value?.progress === ErasureProgress.Completed) break;
        yield* pause(ERASURE_EVERY_US);
        ({ value } = yield* ask(clearSel, { ...common, operation: ClearOperation.Status }));
      }
      if (value?.progress !== ErasureProgress.Completed) {
        return look.inconclusive("the erasure has not come to its end after ten seconds");
      }
      const after = yield* ask(getSelInfo, {});
      if (after.value !== undefined && after.value.entries > AFTER_ERASURE_MAX) {
        const text = `the erasure is completed, and the log has ${after.value.entries} entries`;
        look.violates("IPMI 2.0 §31.9", text);
      }
    },
  },
];

/** What the log is like; undefined where nothing that is added could be taken away again. */
function* writable(look: Look): Course<SelInfo | undefined> {
  const { answer, value } = yield* ask(getSelInfo, {});
  if (!did(look, answer, yield* claimOf("selDevice")) || value === undefined) return undefined;
  if (value.deleteSupported && value.reserveSupported) return value;
  look.notClaimed("the log cannot delete an entry, so none is added");
  return undefined;
}

/** The id of a new entry. */
function* addedEntry(look: Look): Course<number | undefined> {
  const { answer, value } = yield* ask(addSelEntry, { record: RECORD });
  if (answer.maker === "bmc" && answer.cc === Cc.OutOfSpace) {
    look.inconclusive("the log is full");
    return undefined;
  }
  did(look, answer, yield* claimOf("selDevice"));
  return value?.recordId;
}

function* readsAsGiven(look: Look, recordId: number): Course {
  const { answer, value } = yield* ask(getSelEntry, whole(recordId));
  if (!did(look, answer) || value === undefined) return;
  const content = [...value.data.subarray(CONTENT_AT)];
  if (content.join() !== [...RECORD.subarray(CONTENT_AT)].join()) {
    look.violates(
      "IPMI 2.0 §31.5, §31.6",
      "the entry that was added does not read as it was given",
    );
  }
}

function* deleted(look: Look, recordId: number): Course {
  const { answer, value } = yield* ask(reserveSel, {});
  if (!did(look, answer) || value === undefined) return;
  const gone = yield* ask(deleteSelEntry, { reservationId: value.reservationId, recordId });
  did(look, gone.answer, "Get SEL Info names it");
}

function whole(recordId: number) {
  return { reservationId: 0, recordId, offset: 0, count: WHOLE_RECORD };
}
