import { SsifCommand } from "../../../wire/ssif/protocol.ts";
import { hex, seconds, transferText } from "../../text.ts";
import type { BusBlock } from "../bus-block.ts";
import type { SsifAutomaton, SsifContext, SsifRule } from "../observer.ts";

/** When the host asks, and how often. */
export const hostTiming: readonly SsifRule[] = [
  {
    id: "SSIF-01",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §12.1",
    sentence:
      "One request at a time: the next begins when the response was read, or the old one was given up after T6.",
    observable: true,
    automaton: oneAtATime,
  },
  {
    id: "SSIF-07",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §12.17",
    sentence:
      "Between two tries the host waits for T3 when it reads, for T6 when it writes; fewer than C1 retries are a note.",
    observable: true,
    automaton: waitsBetweenTries,
  },
];

/**
 * T3 and T6 are 60 ms at the least; less what a guest's clock may differ from the trace's, which
 * goes on in ticks. @see IPMI 2.0 §12.17
 */
const PAUSE_US = 48_000;
/** C1: so many times a request is written again. @see IPMI 2.0 §12.17 */
const RETRIES_MIN = 5;

function oneAtATime({ faults, report }: SsifContext): SsifAutomaton {
  let comesNew = false;
  let changes = 0;
  return {
    transfer: (transfer) => {
      const excused = comesNew || faults.wireActive || faults.wireChanges !== changes;
      comesNew = false;
      changes = faults.wireChanges;
      const us = transfer.endUs - transfer.sentUs;
      if (excused || !transfer.sent || !transfer.abandoned || us >= PAUSE_US) return;
      const what = transferText(transfer);
      report(`a request was begun ${seconds(us)} after ${what}, whose response was not read`);
    },
    // Who comes new knows nothing of what the one before him did.
    hostLife: () => {
      comesNew = true;
    },
  };
}

function waitsBetweenTries({ report }: SsifContext): SsifAutomaton {
  /** When a read, and a write, failed last; -1 when the last one did not. */
  let readUs = -1;
  let writeUs = -1;
  /** What the write that failed had sent. */
  let words: readonly number[] = [];
  /** Our stack says when it begins with a request; of a guest only the bytes tell. */
  let tells = false;
  let alerted = false;
  let tries = 0;
  let counts = false;
  const soon = (sinceUs: number, nowUs: number): boolean => {
    return sinceUs !== -1 && nowUs - sinceUs < PAUSE_US;
  };
  const anew = (): void => {
    readUs = -1;
    writeUs = -1;
    counts = false;
  };
  return {
    irq: ({ level }) => {
      if (level === 1) alerted = true;
    },
    hostLife: anew,
    send: () => {
      tells = true;
      writeUs = -1;
      tries = 0;
      counts = true;
    },
    hostBlock: (block) => {
      const { command, startUs, endUs } = block;
      const failed = block.end === "refused";
      const name = hex(Math.max(command, 0));
      if (command === SsifCommand.ReadStart) {
        if (soon(readUs, startUs) && !alerted && !block.disturbed) {
          report(`the response was asked for again after ${seconds(startUs - readUs)}`);
        }
        alerted = false;
        readUs = failed ? endUs : -1;
        return;
      }
      if (block.reads) return;
      const begins = command === -1 || isFirst(command);
      if (begins && soon(writeUs, startUs) && !block.disturbed) {
        const again = tells || beginsAlike(words, wordsOf(block));
        if (again) report(`${name} was written again after ${seconds(startUs - writeUs)}`);
      }
      writeUs = failed ? endUs : -1;
      if (failed) words = wordsOf(block);
      if (!failed) counts = false;
      if (begins) readUs = -1;
      if (failed) tries++;
    },
    answer: ({ maker, cc }) => {
      const given = counts && maker === "host-interface" && cc === FAILED;
      if (given && tries > 0 && tries <= RETRIES_MIN) {
        report(`the request was written ${tries} times, and given up`, "note");
      }
      counts = false;
    },
  };
}

/** Command, count and bytes, as far as they came. */
function wordsOf({ command, count, bytes }: BusBlock): readonly number[] {
  if (command === -1) return [];
  return count === -1 ? [command] : [command, count, ...bytes.copy()];
}

/** Whether what is known of both is the same, and something is known. */
function beginsAlike(a: readonly number[], b: readonly number[]): boolean {
  const length = Math.min(a.length, b.length);
  return length > 0 && a.slice(0, length).every((word, at) => word === b[at]);
}

/** The completion code with which our stack says that its interface failed. */
const FAILED = 0x82;

function isFirst(command: number): boolean {
  return command === SsifCommand.SinglePartWrite || command === SsifCommand.WriteStart;
}
