/** A BMC that a crash may come upon, in a scenario's words. */
export interface CrashBmc {
  readonly about: string;
  readonly scenario: string;
  /** It does all that it is told. */
  readonly answers: boolean;
}

const AT_CRASH = "when: { event: host, what: taken-over }";

/** The BMCs by name: up to the crash each is well. */
export const CRASH_BMCS = {
  well: { about: "it does what it is told", scenario: "", answers: true },
  slow: {
    about: "each command takes it 2 ms longer",
    scenario: `faults:\n  - { ${AT_CRASH}, bmc: { slow: 2ms } }`,
    answers: true,
  },
  mute: {
    about: "its application does nothing any more",
    scenario: `faults:\n  - { ${AT_CRASH}, bmc: { hang: daemon } }`,
    answers: false,
  },
  dead: {
    about: "its processor stands still",
    scenario: `faults:\n  - { ${AT_CRASH}, bmc: { hang: chip } }`,
    answers: false,
  },
  absent: {
    about: "its registers read as FFh",
    scenario: `faults:\n  - { ${AT_CRASH}, wire: { all-ones: true } }`,
    answers: false,
  },
} as const satisfies Readonly<Record<string, CrashBmc>>;
export type CrashBmcName = keyof typeof CRASH_BMCS;

export function isCrashBmc(name: string): name is CrashBmcName {
  return Object.hasOwn(CRASH_BMCS, name);
}
