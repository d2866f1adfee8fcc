/** How a BMC breaks at one of the executor's register accesses, in a scenario's words. */
export interface Breakage {
  readonly about: string;
  readonly fault: string;
  /**
   * The BMC is itself again while the executor still tries: all is to be delivered but the command in
   * which it broke, if that is one that must not be sent again.
   */
  readonly heals: boolean;
}

/** The breakages by name. */
export const BREAKAGES = {
  stops: { about: "its processor stands still", fault: "bmc: { hang: chip }", heals: false },
  pauses: {
    about: "its processor stands still for longer than a try lasts",
    fault: "bmc: { hang: chip }, for: 500us",
    heals: true,
  },
  silent: {
    about: "its application says nothing more",
    fault: "bmc: { hang: daemon }",
    heals: false,
  },
  lapses: {
    about: "its application does nothing for a while, and what it had in hand is lost",
    fault: "bmc: { hang: daemon }, for: 500us",
    // On BT the device waits for an answer that never comes, and takes nothing else.
    heals: false,
  },
  late: {
    about: "its application answers later than a try lasts",
    fault: "bmc: { slow: 500us }, for: 100us",
    heals: true,
  },
  gone: { about: "its registers read as FFh", fault: "wire: { all-ones: true }", heals: false },
  "gone-for-a-while": {
    about: "its registers read as FFh for a while: the executor takes it for absent",
    fault: "wire: { all-ones: true }, for: 500us",
    heals: false,
  },
  resets: {
    about: "it is reset, and away for longer than a try lasts",
    fault: "bmc: { reset: { away: 500us } }",
    heals: true,
  },
} as const satisfies Readonly<Record<string, Breakage>>;
export type BreakageName = keyof typeof BREAKAGES;

/** A transfer in which the kernel died that crashed. */
export interface Death {
  readonly about: string;
  /** NetFn/LUN, Cmd, data. */
  readonly request: Uint8Array;
  /** The BMC takes so long for each command. */
  readonly latency: string;
}

const GET_DEVICE_ID = Uint8Array.of(0x18, 0x01);
/** A heartbeat's: the command that the executor begins with, and another setting. */
const SET_WATCHDOG = Uint8Array.of(0x18, 0x24, 0x44, 0x01, 0x00, 0x00, 0x64, 0x00);
/** OEM records of 16 bytes are the longest that Linux's panic sends. */
const LONG_BYTES = 48;
const LONG = Uint8Array.of(0x28, 0x12, 0x00, ...new Uint8Array(LONG_BYTES - 3));
const SOON = "30us";
const LATER = "100us";

/** The deaths by name. */
export const DEATHS = {
  "died-reading": { about: "in a read, answered soon", request: GET_DEVICE_ID, latency: SOON },
  "died-reading-later": {
    about: "in a read, answered later",
    request: GET_DEVICE_ID,
    latency: LATER,
  },
  "died-writing": {
    about: "in a write of the executor's own first command, answered soon",
    request: SET_WATCHDOG,
    latency: SOON,
  },
  "died-writing-later": {
    about: "in a write of the executor's own first command, answered later",
    request: SET_WATCHDOG,
    latency: LATER,
  },
  "died-in-a-long-write": { about: "in a write of 48 bytes", request: LONG, latency: SOON },
} as const satisfies Readonly<Record<string, Death>>;
export type DeathName = keyof typeof DEATHS;

export const BREAKAGE_NAMES = Object.keys(BREAKAGES).filter(isBreakage);
export const DEATH_NAMES = Object.keys(DEATHS).filter(isDeath);

export function isBreakage(name: string): name is BreakageName {
  return Object.hasOwn(BREAKAGES, name);
}

export function isDeath(name: string): name is DeathName {
  return Object.hasOwn(DEATHS, name);
}
