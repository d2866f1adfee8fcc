import { BLOCK_BYTES_MAX, SsifCommand } from "../../../wire/ssif/protocol.ts";
import { hex } from "../../text.ts";
import { Capabilities } from "../capabilities.ts";
import { isLastPart } from "../host-view.ts";
import type { SsifAutomaton, SsifContext, SsifRule } from "../observer.ts";

/** How the host writes its requests, and reads the blocks of a response. */
export const hostRequests: readonly SsifRule[] = [
  {
    id: "SSIF-02",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §12.2, §12.3",
    sentence:
      "A request of 2 to 32 bytes goes in one part, a longer one begins with a part of exactly 32.",
    observable: true,
    automaton: ({ report }) => ({
      hostBlock: ({ command, count }) => {
        if (count <= 0) return;
        if (command === SsifCommand.SinglePartWrite && (count < 2 || count > BLOCK_BYTES_MAX)) {
          report(`a request of ${count} bytes in one part`);
        }
        if (command === SsifCommand.WriteStart && count !== BLOCK_BYTES_MAX) {
          report(`the first part has ${count} bytes`);
        }
      },
    }),
  },
  {
    id: "SSIF-03",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §12.3",
    sentence:
      "A middle part of a request has exactly 32 bytes; that a shorter one ends it is a note.",
    observable: true,
    automaton: ({ report }) => ({
      hostBlock: ({ command, count }) => {
        if (command !== SsifCommand.WriteMiddle || count <= 0 || count === BLOCK_BYTES_MAX) return;
        const short = count < BLOCK_BYTES_MAX;
        report(`a middle part has ${count} bytes`, short ? "note" : undefined);
      },
    }),
  },
  {
    id: "SSIF-04",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §12.3; SMBus 2.0 §5.5.7",
    sentence: "No block is empty: a message does not end with an empty part.",
    observable: true,
    automaton: ({ report }) => ({
      hostBlock: ({ command, count, reads }) => {
        if (!reads && count === 0) report(`a block of 0 bytes was written with ${hex(command)}`);
      },
    }),
  },
  {
    id: "SSIF-05",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §22.9",
    sentence:
      "The host sends no more, and in no other kinds of parts, than the BMC said it takes; before it says so, 32 bytes in one part.",
    observable: true,
    automaton: keepsToCapabilities,
  },
  {
    id: "SSIF-06",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §12.3",
    sentence:
      "After an error in a multi-part write the host begins again with the first part; that it repeats one which lost the bus is a note.",
    observable: true,
    automaton: restartsFromFirst,
  },
  {
    id: "SSIF-08",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §12, §22.9",
    sentence: "Packet error codes are used only with a BMC that said it supports them.",
    observable: true,
    automaton: ({ report }) => {
      const capabilities = new Capabilities();
      return {
        transfer: (transfer) => capabilities.take(transfer),
        hostBlock: (block) => {
          if (capabilities.pec || block.end !== "whole" || block.extra !== 1) return;
          const what = capabilities.told ? "said that it has none" : "never said that it has any";
          report(`a byte behind the block of ${hex(block.command)}; the BMC ${what}`);
        },
      };
    },
  },
  {
    id: "SSIF-09",
    party: "host",
    severity: "violation",
    section: "IPMI 2.0 §12.6",
    sentence: "0Ah asks again for a block that was offered before, of a multi-part response only.",
    observable: true,
    automaton: asksForOffered,
  },
  {
    id: "SSIF-10",
    party: "host",
    severity: "violation",
    section: "SMBus 2.0 §5.4, §5.5.7",
    sentence: "What the host writes is as many bytes as it says, and at most a right code behind.",
    observable: true,
    automaton: writesWhatItSays,
  },
];

function keepsToCapabilities({ report }: SsifContext): SsifAutomaton {
  const capabilities = new Capabilities();
  let length = 0;
  return {
    transfer: (transfer) => capabilities.take(transfer),
    hostBlock: (block) => {
      const { command, count } = block;
      if (!isWrite(command) || count < 0) return;
      if (command === SsifCommand.WriteStart) length = 0;
      if (command === SsifCommand.SinglePartWrite) return;
      length += count;
      const { transactions, inputBytesMax } = capabilities;
      const middle = command === SsifCommand.WriteMiddle && !isLastPart(block);
      if (transactions === 0 && command === SsifCommand.WriteStart) {
        report("a request in several parts, which the BMC never said that it takes");
      } else if (transactions === 1 && middle) {
        report("a middle part; the BMC said that it takes a start and an end");
      } else if (transactions > 0 && length > inputBytesMax && length - count <= inputBytesMax) {
        report(
          `the request has ${length} bytes by now; the BMC said that it takes ${inputBytesMax}`,
        );
      }
    },
  };
}

function restartsFromFirst({ report }: SsifContext): SsifAutomaton {
  /** Parts of a request came to the BMC without an error, and more must. */
  let open = false;
  let failed = false;
  /** The part that was lost to another master; a bus driver of its own accord tries it again. */
  let lost = -1;
  /** When a new driver, or a panic, came to the bus last. */
  let comesUs = -1;
  return {
    hostBlock: (block) => {
      const { command } = block;
      const leftBehind = block.startUs <= comesUs;
      if (!isWrite(command) || leftBehind) return;
      const starts = command === SsifCommand.WriteStart || command === SsifCommand.SinglePartWrite;
      if (!starts && !open) {
        const why = failed ? "after a part that had failed" : "though no request was begun";
        report(`${hex(command)} was written ${why}`, command === lost ? "note" : undefined);
      }
      lost = block.end === "lost" ? command : -1;
      if (starts || block.end === "whole") failed = block.end !== "whole";
      else failed = true;
      open = block.end === "whole" && !isLastPart(block);
    },
    // Who comes new may find a block that was left in the middle, and ends it.
    hostLife: ({ what, t }) => {
      if (what === "recovery") return;
      open = false;
      failed = false;
      comesUs = t;
    },
  };
}

function asksForOffered({ host, report }: SsifContext): SsifAutomaton {
  /** The number of further blocks that the host has read of this response. */
  let offered = -1;
  return {
    hostBlock: (block) => {
      const { command, count, bytes } = block;
      if (isWrite(command)) offered = -1;
      if (block.reads && block.end === "whole") {
        if (command === SsifCommand.ReadStart && host.transfer.complete) offered = -1;
        else if (command === SsifCommand.ReadStart) offered = 0;
        else if (command === SsifCommand.ReadMiddle && offered >= 0) offered++;
      }
      if (command !== SsifCommand.ReadRetry || count !== 1 || bytes.length === 0) return;
      const wanted = bytes.at(0);
      if (offered === -1) report("no multi-part response was being read");
      else if (wanted > offered) {
        report(`block ${wanted} was asked for again, and ${offered} were read`);
      }
    },
  };
}

/** Who leaves off in the middle breaks no rule, but costs the BMC its time. */
function writesWhatItSays({ report }: SsifContext): SsifAutomaton {
  let comesNew = false;
  return {
    hostBlock: (block) => {
      const excused = comesNew || block.disturbed;
      comesNew = false;
      const { command, count, bytes } = block;
      if (block.reads || count < 0 || excused) return;
      const sizes = `${hex(command)} announced ${count} bytes, and ${bytes.length} came`;
      if (block.end === "cut") report(sizes, "note");
      else if (block.end === "whole" && block.extra > 1) report(sizes);
      else if (block.end === "whole" && block.badPec) {
        const code = `${hex(bytes.at(count))}, not ${hex(block.pec)}`;
        report(`${hex(command)}: the packet error code is ${code}`);
      }
    },
    hostLife: () => {
      comesNew = true;
    },
  };
}

function isWrite(command: number): boolean {
  return (
    command === SsifCommand.SinglePartWrite ||
    command === SsifCommand.WriteStart ||
    command === SsifCommand.WriteMiddle ||
    command === SsifCommand.WriteEnd
  );
}
