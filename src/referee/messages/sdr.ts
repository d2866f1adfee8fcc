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
    observable: true,
    automaton: (context) => new NeedsReservation(context, repository),
  },
  {
    id: "SDR-02",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §33.11",
    sentence: "A reservation of the repository ends with a clear, and with the next reservation.",
    observable: true,
    automaton: (context) => new LosesReservation(context, repository),
  },
  {
    id: "SDR-05",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §33.12",
    sentence: "Records have ids of their own, each names the next one, and the last one FFFFh.",
    observable: true,
    automaton: (context) => new WalksInOrder(context, repository),
  },
  {
    id: "SDR-08",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §33.12 to §33.14",
    sentence: "A record reads as it was added, but for its id, whole and in pieces.",
    observable: true,
    automaton: (context) => new ReadsBack(context, repository),
  },
  {
    id: "SDR-09",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §33.9",
    sentence: "Get SDR Repository Info states how many records there are.",
    observable: true,
    automaton: (context) => new CountsRecords(context, repository),
  },
  {
    id: "SDR-10",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §33.15, §33.16",
    sentence: "What was deleted or cleared is gone from the repository, and nothing else is.",
    observable: true,
    automaton: (context) => new ErasesWhatIsNamed(context, repository),
  },
  {
    id: "SDR-11",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §33.9, §33.13",
    sentence: "A full repository overwrites nothing, and one with room is not full.",
    observable: true,
    automaton: (context) => new RefusesWhenFull(context, repository),
  },
  {
    id: "SDR-12",
    party: "bmc",
    severity: "violation",
    section: "IPMI 2.0 §33.14",
    sentence: "A record that comes in pieces, one behind the other, is taken, under one id.",
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
    observable: true,
    automaton: (context) => new ErasesOnce(context, repository),
  },
];
