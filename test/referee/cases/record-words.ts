import { said } from "../script.ts";
import type { Case } from "./case.ts";

export type Script = Case["script"];

/** The commands of a store by their numbers, and records as it has them. */
export interface Store {
  readonly cmd: Readonly<Record<keyof typeof SEL_COMMANDS, string>>;
  /** A record but for its two bytes of id. */
  readonly record: string;
  /** Info with so many records and free bytes (two bytes each), and its last byte. */
  readonly info: (count: string, free: string, flags: string) => string;
}

const SEL_COMMANDS = {
  info: "40",
  allocation: "41",
  reserve: "42",
  get: "43",
  add: "44",
  partialAdd: "45",
  erase: "46",
  clear: "47",
} as const;
const SDR_COMMANDS = {
  info: "20",
  allocation: "21",
  reserve: "22",
  get: "23",
  add: "24",
  partialAdd: "25",
  erase: "26",
  clear: "27",
} as const;

const TIMES = "00 00 00 00 00 00 00 00";
export const sel: Store = {
  cmd: SEL_COMMANDS,
  record: "e0 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d",
  info: (count, free, flags) => `${count} ${free} ${TIMES} ${flags}`,
};
export const sdr: Store = {
  cmd: SDR_COMMANDS,
  record: "51 c0 06 57 01 00 0a 0b 0c",
  info: (count, free, flags) => `${count} ${free} ${TIMES} ${flags}`,
};

/** What is said to a store and by it, in words. */
export function words({ cmd, record, info }: Store) {
  const call = (name: keyof typeof cmd, data: string, answer: string) =>
    said(`28 ${cmd[name]}${data === "" ? "" : ` ${data}`}`, `2c ${cmd[name]} ${answer}`);
  const whole = (id: string) => `${id} ${record}`;
  return {
    reserves: (id: string) => call("reserve", "", `00 ${id}`),
    reads: (id: string, next: string, own = id) =>
      call("get", `00 00 ${id} 00 ff`, `00 ${next} ${whole(own)}`),
    lacks: (id: string, code = "cb") => call("get", `00 00 ${id} 00 ff`, code),
    /** Bytes 2 and 3. */
    piece: (reservation: string, id: string, answer: string) =>
      call("get", `${reservation} ${id} 02 02`, answer),
    adds: (id: string) => call("add", whole("00 00"), `00 ${id}`),
    refuses: (code: string) => call("add", whole("00 00"), code),
    erases: (reservation: string, id: string, answer: string) =>
      call("erase", `${reservation} ${id}`, answer),
    clears: (reservation: string, answer = "00 01", signature = "43 4c 52") =>
      call("clear", `${reservation} ${signature} aa`, answer),
    progress: (answer: string) => call("clear", "00 00 43 4c 52 00", answer),
    states: (count: string, free = "00 10", flags = "0f", version = "51") =>
      call("info", "", `00 ${version} ${info(count, free, flags)}`),
    /** Of 0200h units of 16 bytes so many are free, and so many of them in one piece. */
    units: (free: string, largest = free) =>
      call("allocation", "", `00 00 02 10 00 ${free} ${largest} 01`),
    part: (offset: string, data: string, answer: string, last = false) =>
      call("partialAdd", `01 00 00 00 ${offset} ${last ? "01" : "00"} ${data}`, answer),
    half: record.split(" ").slice(0, 4).join(" "),
    rest: record.split(" ").slice(4).join(" "),
    first2: record.split(" ").slice(0, 2).join(" "),
  };
}
