import { bugsIn } from "../bug.ts";

/** What can go wrong in what a BMC has to say to the system's software. */
export const BMC_MESSAGING = [
  ...bugsIn({ party: "bmc", file: "bmc/stores/messaging.ts" }, [
    {
      name: "bmc-event-buffer-on-from-the-start",
      from: "const ENABLES_DEFAULT = GlobalEnable.SystemEventLogging;",
      to: "const ENABLES_DEFAULT = GlobalEnable.SystemEventLogging | GlobalEnable.EventMessageBuffer;",
      rules: ["MF-01"],
    },
    {
      name: "bmc-reset-keeps-the-enables",
      from: "    this._enables = ENABLES_DEFAULT | this._options.stuckEnables;\n    this._event",
      to: "    this._event",
      rules: ["MF-01"],
    },
    {
      name: "bmc-event-overwritten",
      from: "if ((this._enables & GlobalEnable.EventMessageBuffer) === 0 || this._event !== undefined)\n",
      to: "if ((this._enables & GlobalEnable.EventMessageBuffer) === 0)\n",
      rules: ["MF-07"],
    },
    {
      name: "bmc-event-read-again",
      from: "    this._event = undefined;\n    if (event !== undefined) this.#tell();",
      to: "    if (event !== undefined) this.#tell();",
      rules: ["MF-06"],
    },
    {
      name: "bmc-message-read-again",
      from: "const message = this._queue.shift();",
      to: "const message = this._queue.first;",
      rules: ["MF-06", "MF-17"],
    },
    {
      name: "bmc-attention-outlives-the-message",
      from: "    if (message !== undefined) this.#tell();\n",
      to: "",
      rules: ["KCS-42", "SMIC-25", "BT-30", "SSIF-26", "FLAG-01"],
    },
    {
      name: "bmc-attention-outlives-the-event",
      from: "    this._event = undefined;\n    if (event !== undefined) this.#tell();",
      to: "    this._event = undefined;",
      rules: ["KCS-42", "SMIC-25", "BT-30", "SSIF-26", "FLAG-01"],
    },
    {
      name: "bmc-message-without-attention",
      from: "    this._options.queued(message);\n    this.#tell();",
      to: "    this._options.queued(message);",
      rules: ["KCS-40", "SMIC-25", "BT-30", "SSIF-32"],
    },
    {
      name: "bmc-event-without-attention",
      from: "    this._event = record;\n    this.#tell();",
      to: "    this._event = record;",
      rules: ["EVT-07", "KCS-40", "SMIC-25", "BT-30", "SSIF-32"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/message-queue.ts" }, [
    {
      name: "bmc-full-queue-drops-the-oldest",
      from: ">= this._capacity) return false;",
      to: ">= this._capacity) this._entries.shift();",
      rules: ["MF-17"],
    },
    {
      name: "bmc-last-message-first",
      from: "    return this._entries.shift();",
      to: "    return this._entries.pop();",
      rules: ["MF-17"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/app/messaging.ts" }, [
    {
      name: "bmc-flags-cleared-by-reading",
      from: "  handle: ({ messaging }) => wire.messageFlags.decode(Uint8Array.of(messaging.flags)),",
      to: "  handle: ({ messaging }) => {\n    const { flags } = messaging;\n    messaging.clearPretimeout();\n    return wire.messageFlags.decode(Uint8Array.of(flags));\n  },",
      rules: ["MF-18"],
    },
    {
      name: "bmc-flags-hide-the-event",
      from: "Uint8Array.of(messaging.flags)",
      to: "Uint8Array.of(messaging.flags & ~2)",
      rules: ["MF-15"],
    },
    {
      name: "bmc-flags-show-the-buffer-always",
      from: "Uint8Array.of(messaging.flags)",
      to: "Uint8Array.of(messaging.flags | 2)",
      rules: ["MF-15", "FLAG-01", "MF-04"],
    },
    {
      name: "bmc-empty-queue-is-not-present",
      from: "SpecificCc.MessageQueueEmpty",
      to: "Cc.NotPresent",
      rules: ["MF-08"],
    },
    {
      name: "bmc-empty-buffer-is-unspecified",
      from: "SpecificCc.EventBufferEmpty",
      to: "Cc.Unspecified",
      rules: ["MF-08"],
    },
    {
      name: "bmc-enables-cut",
      from: "Uint8Array.of(messaging.enables)",
      to: "Uint8Array.of(messaging.enables & 0x07)",
      rules: ["MF-14", "MF-01"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/app/send-message.ts" }, [
    {
      name: "bmc-nobody-there-is-success",
      from: "return ipmb.send(message) ? { message: new Uint8Array() } : SpecificCc.NakOnWrite;",
      to: "ipmb.send(message);\n    return { message: new Uint8Array() };",
      rules: ["SND-09"],
    },
    {
      name: "bmc-nobody-there-is-unspecified",
      from: ": SpecificCc.NakOnWrite;",
      to: ": Cc.Unspecified;",
      rules: ["SND-09"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/controller/ipmb-bus.ts" }, [
    {
      name: "bmc-bridged-response-twice",
      from: "    if (frame.toLun === SMS_LUN) this._parts.queue(queued);",
      to: "    if (frame.toLun === SMS_LUN) this._parts.queue(queued);\n    if (frame.toLun === SMS_LUN) this._parts.queue(queued);",
      rules: ["SND-10"],
    },
    {
      name: "bmc-bridged-number-changed",
      from: "ipmbResponse(frame, data)",
      to: "{ ...ipmbResponse(frame, data), sequence: 0 }",
      rules: ["SND-05"],
    },
    {
      name: "bmc-bridged-response-lost",
      from: "    if (frame.toLun === SMS_LUN) this._parts.queue(queued);",
      to: "    if (frame.toLun === SMS_LUN && frame.data.length < 8) this._parts.queue(queued);",
      rules: ["SND-10"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/controller/assembly.ts" }, [
    {
      name: "bmc-wrong-channel-in-the-queue",
      from: "Uint8Array.of(Channel.PrimaryIpmb, ...message)",
      to: "Uint8Array.of(Channel.PrimaryIpmb + 7, ...message)",
      rules: ["SND-05", "SND-10"],
    },
  ]),
];
