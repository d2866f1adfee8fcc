import * as wire from "../../ipmi/commands/storage/sdr.ts";
import type { CommonRule } from "../rule.ts";
import { ErasesOnce } from "./erasure.ts";
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
const HEADER_BYTES = wire.sdrHeader.size.min;
const LENGTH_AT = HEADER_BYTES - 1;

const repository: RecordStore = {
  name: "repository",
  reserve: wire.reserveSdrRepository,
  get: wire.getSdr,
  add: wire.addSdr,
  partialAdd: wire.partialAddSdr,
  erase: wire.deleteSdr,
  clear: wire.clearSdrRepository,
  info: wire.getSdrRepositoryInfo,
  allocation: wire.getSdrRepositoryAllocationInfo,
  addCancels: false,
  logsEvents: false,
  bytesOf: (record) => {
    const left = record[LENGTH_AT];
    return left === undefined ? undefined : HEADER_BYTES + left;
  },
  isDefined: () => true,
  isOwn: (_record, at) => at < ID_BYTES,
};

/** The sensor data records repository. */
export const sdrRules: readonly CommonRule[] = [
  {
    id: "SDR-01",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §33.11 to §33.16",
    sentence:
      "Deleting, clearing, adding in pieces and reading from within a record need the reservation " +
      "of the repository that holds, and get C5h with any other.",
    instead:
      "The BMC answers C5h and changes nothing, unless the request has the reservation that " +
      "holds.",
    observable: true,
    automaton: (context) => new NeedsReservation(context, repository),
  },
  {
    id: "SDR-02",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §33.11",
    sentence: "A reservation of the repository ends with a clear, and with the next reservation.",
    instead:
      "The BMC cancels the reservation at that moment, and answers C5h to who still uses it.",
    observable: true,
    automaton: (context) => new LosesReservation(context, repository),
  },
  {
    id: "SDR-05",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §33.12",
    sentence: "Records have ids of their own, each names the next one, and the last one FFFFh.",
    instead:
      "The BMC gives each record an id that no other has, and leads through all of them, each " +
      "once, up to FFFFh.",
    observable: true,
    automaton: (context) => new WalksInOrder(context, repository),
  },
  {
    id: "SDR-08",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §33.12 to §33.14",
    sentence: "A record reads as it was added, but for its id, whole and in pieces.",
    instead: "The BMC gives back the bytes that were added, and puts in only the record id.",
    observable: true,
    automaton: (context) => new ReadsBack(context, repository),
  },
  {
    id: "SDR-09",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §33.9",
    sentence: "Get SDR Repository Info states how many records there are.",
    instead: "The BMC states the number of records that are in the repository at that moment.",
    observable: true,
    automaton: (context) => new CountsRecords(context, repository),
  },
  {
    id: "SDR-10",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §33.15, §33.16",
    sentence: "What was deleted or cleared is gone from the repository, and nothing else is.",
    instead:
      "The BMC removes the record that was named, or all of them at a clear, and leaves every " +
      "other one.",
    observable: true,
    automaton: (context) => new ErasesWhatIsNamed(context, repository),
  },
  {
    id: "SDR-11",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §33.9, §33.13",
    sentence: "A full repository overwrites nothing, and one with room is not full.",
    instead:
      "The BMC refuses a new record while the repository is full, and keeps the others; while " +
      "there is room it takes it.",
    observable: true,
    automaton: (context) => new RefusesWhenFull(context, repository),
  },
  {
    id: "SDR-12",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §33.14",
    sentence: "A record that comes in pieces, one behind the other, is taken, under one id.",
    instead:
      "The BMC puts the pieces together into one record, under the id that it gave with the " +
      "first.",
    observable: true,
    automaton: (context) => new TakesPieces(context, repository),
  },
  {
    id: "SDR-13",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §33.9, §33.10",
    sentence:
      "Get SDR Repository Info and its Allocation Info state one free space, and no more than all.",
    instead:
      "The BMC states the free space that there is in both: as bytes in the one, as allocation " +
      "units in the other.",
    observable: true,
    automaton: (context) => new StatesRoom(context, repository),
  },
  {
    id: "SDR-14",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §33.9",
    sentence:
      "Get SDR Repository Info names the repository's commands that there are, and their version, 51h.",
    instead: "The BMC sets the bits of those commands that it carries out, and states version 51h.",
    observable: true,
    automaton: (context) => new NamesCommands(context, repository),
  },
  {
    id: "SDR-15",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §33.16",
    sentence:
      "An erasure of the repository that was said to be completed stays so until the next one.",
    instead: "The BMC goes on to say that the erasure is completed until another one is begun.",
    observable: true,
    automaton: (context) => new ErasesOnce(context, repository),
  },
];
