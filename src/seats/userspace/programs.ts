import type { ProgramWord } from "../../scenario/schema.ts";
import type { InterfaceKind } from "../../wire/interface.ts";
import { SSIF_ADDRESS } from "../../wire/ssif/protocol.ts";
import type { Wanted } from "../stack/workload.ts";

/** What a program says that its BMC answered. */
export interface Said {
  readonly cc: number;
  readonly data: Uint8Array;
}

/** Programs that bring drivers of their own to an interface, and so need none of a kernel's. */
export interface ProgramSet {
  readonly seat: ProgramWord;
  /** As its makers call it. */
  readonly title: string;
  /** Where its programs are, below the folder that it was unpacked into. */
  readonly folder: string;
  /** The command that gets it; the folder is where it may be unpacked. */
  readonly got: (folder: string) => string;
  /** The program that says the version, and since which one it can play. */
  readonly version: {
    readonly program: string;
    readonly says: RegExp;
    readonly least: string;
    /** What is wrong with those before. */
    readonly before: string;
  };
  /** Options that choose its own driver, by the interfaces that it has one for. */
  readonly drivers: Readonly<Partial<Record<InterfaceKind, readonly string[]>>>;
  /** Files, empty ones, that it wants to be there, in folders that it may write to. */
  readonly files: readonly string[];
  /** What sends one request, its options for the driver left out. */
  ask(request: Wanted): readonly string[];
  /** How many of a command's words come before the options for the driver. */
  readonly wordsFirst: number;
  /** Reads the answer in a line of what `ask` prints; undefined when it is another line. */
  answer(line: string): Said | undefined;
}

const IPMB = 0x00;
const OWN_ADDRESS = 0x20;

/** The bus's only adapter is its first, and the address is the one of 7 bits. */
const ON_THE_BUS = ["--driver-device=/dev/i2c-0", `--driver-address=0x${hex(SSIF_ADDRESS)}`];

/** It finds KCS by the firmware's tables. SSIF it would find there, too, but the guest has no such table. */
const freeipmi: ProgramSet = {
  seat: "freeipmi",
  title: "FreeIPMI",
  folder: "usr/sbin",
  got: (folder) => `sh tools/unpack-freeipmi.sh ${folder}`,
  version: {
    program: "ipmi-raw",
    says: /^ipmi-raw - (\d+(\.\d+)+)$/m,
    least: "1.6.13",
    before: "Debian's build of 1.6.10 has no port instructions",
  },
  drivers: {
    kcs: ["-D", "KCS"],
    ssif: ["-D", "SSIF", "--no-probing", ...ON_THE_BUS],
  },
  // Its semaphore is named by this file, and without it no driver of its own begins.
  files: ["var/lib/freeipmi/ipckey"],
  ask: ({ lun, netFn, cmd, data }) => ["ipmi-raw", ...[lun, netFn, cmd, ...data].map(hex)],
  wordsFirst: 1,
  answer: (line) => {
    const [, cc, ...data] = bytesIn(/^rcvd: (.*)$/.exec(line)?.[1]);
    return cc === undefined ? undefined : { cc, data: Uint8Array.from(data) };
  },
};

/** It finds KCS by the firmware's tables. */
const ipmiutil: ProgramSet = {
  seat: "ipmiutil",
  title: "ipmiutil",
  folder: "usr/bin",
  got: () => "apt-get install ipmiutil",
  version: {
    program: "ipmiutil",
    // 3.18 is 3.1.8.
    says: /^ipmiutil ver (\d+\.\d+)$/m,
    least: "3.18",
    before: "older ones were not tried",
  },
  drivers: { kcs: ["-F", "kcs"] },
  files: [],
  ask: ({ lun, netFn, cmd, data }) => {
    const bytes = [IPMB, OWN_ADDRESS, (netFn << 2) | lun, cmd, ...data].map(hex);
    return ["ipmiutil", "cmd", "-s", ...bytes];
  },
  wordsFirst: 2,
  answer: (line) => {
    const refused = /\bccode ([0-9a-f]{1,2})\b/.exec(line)?.[1];
    if (refused !== undefined) return { cc: Number.parseInt(refused, 16), data: new Uint8Array(0) };
    const data = /^respData\[len=\d+\]:(.*)$/.exec(line)?.[1];
    return data === undefined ? undefined : { cc: 0, data: Uint8Array.from(bytesIn(data)) };
  },
};

/** All program sets, by the words that users give them. */
export const PROGRAM_SETS = { freeipmi, ipmiutil } as const;

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

function bytesIn(text = ""): readonly number[] {
  return text
    .trim()
    .split(/\s+/)
    .filter((word) => word !== "")
    .map((word) => Number.parseInt(word, 16));
}
