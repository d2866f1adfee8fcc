import { bugsIn } from "../bug.ts";

/** Slips in a BMC's events, messages, channels and resets, and in what all commands share. */
export const BMC_COMMANDS = [
  ...bugsIn({ party: "bmc", file: "bmc/commands/sensor-event/event.ts" }, [
    {
      name: "bmc-receiver-lun-lost",
      from: "handle: ({ events }) => events.receiver,",
      to: "handle: ({ events }) => ({ ...events.receiver, lun: 0 }),",
      rules: ["EVT-06"],
    },
    {
      name: "bmc-event-direction-lost",
      from: "      recordId: 0,\n",
      to: "      recordId: 0,\n      deassertion: false,\n",
      rules: ["EVT-03"],
    },
    {
      name: "bmc-event-old-revision-refused",
      from: "!EVENT_REVISIONS.has(event.evmRev)",
      to: "!EVENT_REVISIONS.has(event.evmRev) || event.evmRev === 3",
      rules: ["MSG-03"],
    },
    {
      name: "bmc-software-event-into-the-buffer",
      from: "return events.log(record) === undefined ? Cc.OutOfSpace : {};",
      to: "events.raise(record);\n    return {};",
      rules: ["EVT-07", "EVT-03"],
    },
    {
      name: "bmc-software-event-not-logged",
      from: "return events.log(record) === undefined ? Cc.OutOfSpace : {};",
      to: "return record.length === 0 ? Cc.OutOfSpace : {};",
      rules: ["EVT-03"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/events.ts" }, [
    {
      name: "bmc-events-logged-for-another-receiver",
      from: "    if (own && this._receiver.address !== BMC_ADDRESS) return;\n",
      to: "    if (own && this._receiver.address === 0) return;\n",
      rules: ["EVT-08"],
    },
    {
      name: "bmc-events-logged-though-off",
      from: "const id = logging ? this.log(record) : undefined;",
      to: "const id = logging || own ? this.log(record) : undefined;",
      rules: ["EVT-08"],
    },
    {
      name: "bmc-buffer-without-an-id",
      from: "this._log.stamped(record, id ?? NOT_LOGGED)",
      to: "this._log.stamped(record, logging || id ? 0 : NOT_LOGGED)",
      rules: ["EVT-07"],
    },
    {
      name: "bmc-buffer-says-not-logged",
      from: "this._log.stamped(record, id ?? NOT_LOGGED)",
      to: "this._log.stamped(record, id === undefined ? 0 : NOT_LOGGED)",
      rules: ["EVT-07", "MF-07"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/app/messaging.ts" }, [
    {
      name: "bmc-clears-all-flags",
      from: "messaging.clearFlags(bitsOf(wire.messageFlags, request));",
      to: "messaging.clearFlags(bitsOf(wire.messageFlags, request) | 0x0b);",
      rules: ["MF-16"],
    },
    {
      name: "bmc-clears-no-pretimeout",
      from: "messaging.clearFlags(bitsOf(wire.messageFlags, request));",
      to: "messaging.clearFlags(bitsOf(wire.messageFlags, request) & 3);",
      rules: ["MF-16", "MF-05"],
    },
    {
      name: "bmc-message-of-another-channel",
      from: "return wire.getMessage.response.decode(message);",
      to: "return { ...wire.getMessage.response.decode(message), channel: 1 };",
      rules: ["MF-17", "SND-05"],
    },
    {
      name: "bmc-receive-operation-three",
      from: "    if (operation > wire.ChannelReceive.Get) return Cc.InvalidField;\n",
      to: "",
      rules: ["MSG-11"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/messaging.ts" }, [
    {
      name: "bmc-receive-never-disabled",
      from: "    else this._receiving.delete(channel);\n",
      to: "",
      rules: ["MF-11"],
    },
    {
      name: "bmc-queues-for-a-deaf-channel",
      from: "    if (!this._receiving.has(channel)) return false;\n",
      to: "",
      rules: ["MF-11"],
    },
    {
      name: "bmc-enables-only-pile-up",
      from: "this._enables = (enables & ENABLES_WRITABLE) | this._options.stuckEnables;",
      to: "this._enables |= (enables & ENABLES_WRITABLE) | this._options.stuckEnables;",
      rules: ["MF-14"],
    },
    {
      name: "bmc-buffer-cannot-be-enabled",
      from: "  GlobalEnable.EventMessageBuffer |\n",
      to: "",
      rules: ["MF-14"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/app/channel.ts" }, [
    {
      name: "bmc-channel-zero-for-each",
      from: "return channels.find(channel, origin.channel) ?? Cc.InvalidField;",
      to: "return channels.find(channel * 0, origin.channel) ?? Cc.InvalidField;",
      rules: ["CHN-01"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/channels.ts" }, [
    {
      name: "bmc-channel-present-is-no-channel",
      from: "number === Channel.Present ? present : number",
      to: "number === present ? present : number",
      rules: ["CHN-01"],
    },
    {
      name: "bmc-channel-of-another-protocol",
      from: "protocol: PROTOCOLS.get(systemInterface.type) ?? ChannelProtocol.Kcs,",
      to: "protocol: ChannelProtocol.Ipmb,",
      rules: ["CHN-01"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/controller/router.ts" }, [
    {
      name: "bmc-unknown-is-invalid-field",
      from: "if (command === undefined) return Cc.InvalidCommand;",
      to: "if (command === undefined) return Cc.InvalidField;",
      rules: ["GEN-04"],
    },
    {
      name: "bmc-every-lun-is-zero",
      from: "    if (request.lun !== 0) return Cc.InvalidForLun;\n",
      to: "",
      rules: ["GEN-08"],
    },
    {
      name: "bmc-answers-from-lun-zero",
      from: "lun, cmd, cc, data });",
      to: "lun: lun * 0, cmd, cc, data });",
      rules: ["GEN-01", "GEN-03"],
    },
    {
      name: "bmc-wrong-length-is-invalid-field",
      from: 'return error.what === "length" ? Cc.RequestLengthInvalid : Cc.InvalidField;',
      to: 'return error.what === "length" ? Cc.InvalidField : Cc.RequestLengthInvalid;',
      rules: ["MSG-10"],
    },
    {
      name: "bmc-wrong-length-is-unknown",
      from: 'return error.what === "length" ? Cc.RequestLengthInvalid : Cc.InvalidField;',
      to: 'return error.what === "length" ? Cc.InvalidCommand : Cc.InvalidField;',
      rules: ["MSG-10", "MSG-04"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/controller/controller.ts" }, [
    {
      name: "bmc-cold-reset-keeps-the-reservation",
      from: "    parts.log.reservation.cancel();\n",
      to: "",
      rules: ["SEL-02"],
    },
    {
      name: "bmc-cold-reset-keeps-the-records-reservation",
      from: "    parts.sdr.reservation.cancel();\n",
      to: "",
      rules: ["SDR-02"],
    },
    {
      name: "bmc-cold-reset-keeps-the-boot-options",
      from: "    parts.boot.restart();\n",
      to: "",
      rules: ["CHS-02"],
    },
    {
      name: "bmc-cold-reset-keeps-the-timer",
      from: "    parts.watchdog.restart();\n",
      to: "",
      rules: ["WD-07"],
    },
    {
      name: "bmc-warm-reset-of-everything",
      from: '    if (kind === "warm") return;\n',
      to: "",
      rules: ["DEV-08"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/app/send-message.ts" }, [
    {
      name: "bmc-send-drops-the-last-byte",
      from: "return ipmb.send(message) ?",
      to: "return ipmb.send(message.subarray(0, -1)) ?",
      rules: ["SND-07"],
    },
    {
      name: "bmc-send-twice",
      from: "return ipmb.send(message) ?",
      to: "ipmb.send(message);\n    return ipmb.send(message) ?",
      rules: ["SND-07"],
    },
    {
      name: "bmc-send-answers-with-the-message",
      from: "{ message: new Uint8Array() }",
      to: "{ message }",
      rules: ["SND-01"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "match/bmc-options.ts" }, [
    {
      name: "bmc-ipmi-version-turned",
      from: "{ ipmiMajor: 2, ipmiMinor: 0 }",
      to: "{ ipmiMajor: 0, ipmiMinor: 2 }",
      rules: ["DEV-01"],
    },
  ]),
];
