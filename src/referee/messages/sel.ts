import * as wire from "../../ipmi/commands/storage/sel.ts";
import {
  SEL_RECORD_BYTES,
  selRecordHasTime,
  selRecordKind,
} from "../../ipmi/commands/storage/sel-record.ts";
import type { CommonRule } from "../rule.ts";
import { ErasesOnce } from "./erasure.ts";
import { OutlivesReset } from "./outlives.ts";
import type { RecordStore } from "./record-model.ts";
import {
  CountsRecords,
  ErasesWhatIsNamed,
  ReadsBack,
  TakesPieces,
  WalksInOrder,
} from "./records.ts";
import { LosesReservation, NeedsReservation } from "./reservations.ts";
import { NamesCommands, RefusesWhenFull, StatesRoom } from "./room.ts";

const ID_BYTES = 2;
const TYPE_AT = 2;
const TIME_AT = 3;
const TIME_END = 7;

const log: RecordStore = {
  name: "log",
  reserve: wire.reserveSel,
  get: wire.getSelEntry,
  add: wire.addSelEntry,
  partialAdd: wire.partialAddSelEntry,
  erase: wire.deleteSelEntry,
  clear: wire.clearSel,
  info: wire.getSelInfo,
  allocation: wire.getSelAllocationInfo,
  addCancels: true,
  logsEvents: true,
  bytesOf: () => SEL_RECORD_BYTES,
  isDefined: (record) => selRecordKind(record[TYPE_AT] ?? 0) !== "reserved",
  isOwn: (record, at) => {
    if (at < ID_BYTES) return true;
    return at >= TIME_AT && at < TIME_END && selRecordHasTime(record[TYPE_AT] ?? 0);
  },
};

/** The system event log. */
export const selRules: readonly CommonRule[] = [
  {
    id: "SEL-01",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §31.4 to §31.9",
    sentence:
      "Deleting, clearing, adding in pieces and reading from within a record need the reservation " +
      "that holds, and get C5h with any other.",
    instead:
      "The BMC answers C5h and changes nothing, unless the request has the reservation that " +
      "holds.",
    observable: true,
    automaton: (context) => new NeedsReservation(context, log),
  },
  {
    id: "SEL-02",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §31.4",
    sentence:
      "A reservation of the log ends with an added entry, a clear, and the next reservation.",
    instead:
      "The BMC cancels the reservation at that moment, and answers C5h to who still uses it.",
    observable: true,
    automaton: (context) => new LosesReservation(context, log),
  },
  {
    id: "SEL-03",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §31.5, §31.6",
    sentence:
      "Entries have ids of their own, neither 0000h nor FFFFh, and keep their order; after the last " +
      "one comes FFFFh.",
    instead:
      "The BMC gives each entry an id from 0001h to FFFEh that no other has, and lists all of " +
      "them in one lasting order up to FFFFh.",
    observable: true,
    automaton: (context) => new WalksInOrder(context, log),
  },
  {
    id: "SEL-06",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §31.2, §31.6",
    sentence:
      "A full log overwrites nothing, and shows that an event was lost; one with room is not full.",
    instead:
      "The BMC refuses a new entry while the log is full, keeps the old ones and sets the " +
      "overflow flag; while there is room it takes it.",
    observable: true,
    automaton: (context) => new RefusesWhenFull(context, log),
  },
  {
    id: "SEL-08",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §31.5, §31.6, §32",
    sentence:
      "An entry reads as it was added, but for its id and the BMC's time, whole and in pieces.",
    instead:
      "The BMC gives back the bytes that were added, and puts in only the record id and the " +
      "time.",
    observable: true,
    automaton: (context) => new ReadsBack(context, log),
  },
  {
    id: "SEL-09",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §31.2",
    sentence: "Get SEL Info states how many entries the log has.",
    instead: "The BMC states the number of entries that are in the log at that moment.",
    observable: true,
    automaton: (context) => new CountsRecords(context, log),
  },
  {
    id: "SEL-10",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §31.8, §31.9",
    sentence: "What was deleted or cleared is gone from the log, and nothing else is.",
    instead:
      "The BMC removes the entry that was named, or all of them at a clear, and leaves every " +
      "other one.",
    observable: true,
    automaton: (context) => new ErasesWhatIsNamed(context, log),
  },
  {
    id: "SEL-11",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §31.7",
    sentence: "A record that comes in pieces, one behind the other, is taken, under one id.",
    instead:
      "The BMC puts the pieces together into one entry, under the id that it gave with the " +
      "first.",
    observable: true,
    automaton: (context) => new TakesPieces(context, log),
  },
  {
    id: "SEL-13",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §31.2, §31.3",
    sentence:
      "Get SEL Info and Get SEL Allocation Info state one free space, and no more than all.",
    instead:
      "The BMC states the free space that there is in both: as bytes in the one, as allocation " +
      "units in the other.",
    observable: true,
    automaton: (context) => new StatesRoom(context, log),
  },
  {
    id: "SEL-14",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §31.2",
    sentence: "Get SEL Info names the log's commands that there are, and their version, 51h.",
    instead: "The BMC sets the bits of those commands that it carries out, and states version 51h.",
    observable: true,
    automaton: (context) => new NamesCommands(context, log),
  },
  {
    id: "SEL-15",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §31.9",
    sentence: "An erasure of the log that was said to be completed stays so until the next one.",
    instead: "The BMC goes on to say that the erasure is completed until another one is begun.",
    observable: true,
    automaton: (context) => new ErasesOnce(context, log),
  },
  {
    id: "SEL-16",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §31",
    sentence: "The log is not volatile: a reset of the BMC takes no entry away.",
    instead: "The BMC has every entry after the reset that it had before.",
    observable: true,
    automaton: (context) => new OutlivesReset(context, log),
  },
];
