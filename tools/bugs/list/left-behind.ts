import { type Bug, bugsIn } from "../bug.ts";

/** What outlives its time, is taken for another thing, or is told too early. */
export const LEFT_BEHIND: readonly Bug[] = [
  ...bugsIn({ party: "bmc", file: "bmc/kcs/kcs.ts", interfaces: ["kcs"] }, [
    {
      name: "bmc-kcs-attention-byte-within-a-transfer",
      from: "if (!interrupt || this._state !== State.Idle) return;",
      to: "if (!interrupt) return;",
      rules: ["KCS-33"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/ssif/ssif.ts", interfaces: ["ssif"] }, [
    {
      name: "bmc-ssif-aborted-for-ever",
      from: "    this._aborted = false;\n",
      to: "",
      rules: ["GEN-14"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/event-log.ts" }, [
    {
      name: "bmc-sel-erasure-has-no-time",
      from: "    this._overflow = false;\n    this._lastEraseS = this._clock.seconds();\n",
      to: "    this._overflow = false;\n",
      rules: ["SEL-07"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/storage/sel.ts" }, [
    {
      name: "bmc-sel-allocation-counts-what-is-used",
      from: "const freeUnits = log.capacity - log.length;",
      to: "const freeUnits = log.length;",
      rules: ["SEL-13"],
    },
    {
      name: "bmc-sel-count-is-an-end",
      from: "    const data = pieceOf(found.bytes, request);",
      to: "    const { offset, count } = request;\n    const data = pieceOf(found.bytes, { offset, count: count === 0xff ? count : Math.max(count - offset, 0) });",
      rules: ["SEL-08"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/sdr-repository.ts" }, [
    {
      name: "bmc-sdr-addition-has-no-time",
      from: "    this._lastAddS = this._clock.seconds();\n",
      to: "",
      rules: ["SEL-07"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/fru-image.ts" }, [
    {
      name: "bmc-fru-header-without-its-version",
      from: "ipmbChecksum(Uint8Array.from(header))",
      to: "ipmbChecksum(Uint8Array.from(header.slice(1)))",
      rules: ["FRU-05"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/controller/host-power.ts" }, [
    {
      name: "bmc-restart-channel-lost",
      from: "chassis.restartChannel = commanded ? Channel.SystemInterface : NO_CHANNEL;",
      to: "chassis.restartChannel = NO_CHANNEL;",
      rules: ["CHS-07"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/messaging.ts" }, [
    {
      name: "bmc-buffer-outlives-a-system-reset",
      from: "    this._event = undefined;\n    this.#tell();\n  }\n\n  /** The BMC itself",
      to: "    this.#tell();\n  }\n\n  /** The BMC itself",
      rules: ["MF-04"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/boot-options.ts" }, [
    {
      name: "bmc-boot-flags-survive-the-watchdog",
      from: "      case RestartCause.ChassisControl:\n        return true;",
      to: "      case RestartCause.ChassisControl:\n      case RestartCause.Watchdog:\n        return true;",
      rules: ["CHS-01"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/storage/time.ts" }, [
    {
      name: "bmc-no-utc-offset-is-too-much",
      from: "if (!unspecified && Math.abs",
      to: "if (Math.abs",
      rules: ["MSG-03"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/smic/smic.ts", interfaces: ["smic"] }, [
    {
      name: "host-smic-any-error-is-too-long",
      from: "if (error === SmicError.BufferFull && writing)",
      to: "if (error >= SmicError.Aborted && writing)",
      rules: ["STACK-16"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/bt/block.ts", interfaces: ["bt"] }, [
    {
      name: "host-bt-attention-taken-back-each-time",
      from: "    this._clearsAttention = false;\n",
      to: "",
      rules: ["BT-14"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/ssif/ssif.ts", interfaces: ["ssif"] }, [
    {
      name: "host-ssif-bad-responses-never-forgotten",
      from: "    this._contended = false;\n    this._badResponses = 0;\n",
      to: "    this._contended = false;\n",
      rules: ["STACK-04"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/system-interface/system-interface.ts" }, [
    {
      name: "host-second-pretimeout-untold",
      from: "      this._flags = 0;\n      return undefined;",
      to: "      return undefined;",
      rules: ["STACK-23"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/system-interface/transfer-queue.ts" }, [
    {
      name: "host-queue-limit-in-ms",
      from: "expiresUs: nowUs + this._limitUs",
      to: "expiresUs: nowUs + this._limitUs / 1_000",
      rules: ["STACK-28", "STACK-14"],
    },
  ]),
];
