import { bugsIn } from "../bug.ts";

/** What can go wrong between a host's users and its interface. */
export const HOST_MESSAGES = [
  ...bugsIn({ party: "host", file: "host/system-interface/system-interface.ts" }, [
    {
      name: "host-si-event-twice",
      from: "    this.#deliver(() => this._listener.onEvent(data));\n",
      to: "    this.#deliver(() => this._listener.onEvent(data));\n    this.#deliver(() => this._listener.onEvent(data));\n",
      rules: ["STACK-23"],
    },
    {
      name: "host-si-message-twice",
      from: "    this.#deliver(() => this._listener.onMessage(data));\n",
      to: "    this.#deliver(() => this._listener.onMessage(data));\n    this.#deliver(() => this._listener.onMessage(data));\n",
      rules: ["STACK-24"],
    },
    {
      name: "host-si-pretimeout-untold",
      from: "      this.#deliver(() => this._listener.onPretimeout());\n",
      to: "",
      rules: ["STACK-23"],
    },
    {
      name: "host-si-pretimeout-clears-all",
      from: "this.#command(clearMessageFlags.cmd, [MessageFlag.WatchdogPretimeout], () => {",
      to: "this.#command(clearMessageFlags.cmd, [0x0b], () => {",
      rules: ["MF-12"],
    },
    {
      name: "host-si-pretimeout-clears-none",
      from: "this.#command(clearMessageFlags.cmd, [MessageFlag.WatchdogPretimeout], () => {",
      to: "this.#command(clearMessageFlags.cmd, [0x00], () => {",
      rules: ["STACK-32"],
    },
    {
      name: "host-si-empty-answers-taken",
      from: "own.ended(reply.cc === Cc.Ok ? reply.data : undefined, reply.cc);",
      to: "own.ended(reply.data, reply.cc);",
      rules: ["STACK-32"],
    },
    {
      name: "host-si-failure-untold",
      from: "      this.#deliver(() => this._listener.onInterfaceFailed(outcome.why));\n",
      to: "",
      rules: ["STACK-19"],
    },
    {
      name: "host-si-doubt-untold",
      from: "      this.#deliver(() => this._listener.onDoubt());\n",
      to: "",
      rules: ["STACK-31"],
    },
    {
      name: "host-si-polls-no-more",
      from: "    return this._holdUs > nowUs ? this._holdUs : nowUs + pollUs;",
      to: "    return this._holdUs > nowUs ? this._holdUs : NEVER_US;",
      rules: ["STACK-32"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/system-interface/transfer-queue.ts" }, [
    {
      name: "host-queue-last-first",
      from: "return this._queues[picked].shift()?.transfer;",
      to: "return this._queues[picked].pop()?.transfer;",
      rules: ["STACK-28"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/messages/reply.ts" }, [
    {
      name: "host-errors-made-unspecified",
      from: '    return { cc, maker: "bmc", data, tag };',
      to: '    if (cc === 0) return { cc, maker: "bmc", data, tag };',
      rules: ["STACK-09"],
    },
    {
      name: "host-long-answers-cut",
      from: '    return { cc, maker: "bmc", data, tag };',
      to: '    return { cc, maker: "bmc", data: data.slice(0, 16), tag };',
      rules: ["STACK-09"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/messages/message-handler.ts" }, [
    {
      name: "host-any-command-two-resets",
      from: "  if (request.netFn !== NetFn.App) return false;\n",
      to: "",
      rules: ["STACK-06"],
    },
    {
      name: "host-quiet-though-refused",
      from: 'const refused = outcome.kind === "response" ? reply !== Cc.Ok : !outcome.sent;',
      to: 'const refused = outcome.kind === "response" ? reply === undefined : !outcome.sent;',
      rules: ["STACK-06"],
    },
    {
      name: "host-a-hundred-and-one",
      from: "user.live.size >= this._options.options.outstandingMax",
      to: "user.live.size > this._options.options.outstandingMax",
      rules: ["STACK-30"],
    },
    {
      name: "host-a-hundred-for-all",
      from: "user.live.size >= this._options.options.outstandingMax",
      to: "this._users.outstanding >= this._options.options.outstandingMax",
      rules: ["STACK-30"],
    },
    {
      name: "host-busy-for-good",
      from: "    this._resetting = false;\n",
      to: "",
      rules: ["STACK-30"],
    },
    {
      name: "host-lost-bmc-takes-requests",
      from: '    if (this._gate === "failed") {',
      to: '    if (this._gate === "closed") {',
      rules: ["STACK-02"],
    },
    {
      name: "host-watchdog-in-the-crowd",
      from: 'const priority = spec.priority === "high" ? Priority.High : Priority.Normal;',
      to: "const priority = Priority.Normal;",
      rules: ["STACK-28"],
    },
    {
      name: "host-gone-user-is-still-served",
      from: "    this.#drop((transfer) => ids.has(transfer.id));\n",
      to: "",
      rules: ["STACK-28"],
    },
    {
      name: "host-the-answered-are-still-sent",
      from: "    this.#drop(() => true);\n",
      to: "",
      rules: ["STACK-28"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/messages/ipmb-bridge.ts" }, [
    {
      name: "host-bridge-tries-once",
      from: "(spec.retries ?? options.ipmbRetries)",
      to: "(spec.retries ?? 0)",
      rules: ["STACK-25"],
    },
    {
      name: "host-bridge-tries-for-ever",
      from: "      bridged.triesLeft--;\n",
      to: "",
      rules: ["STACK-25"],
    },
    {
      name: "host-bridge-without-patience",
      from: "      const us = scheduler.now() + bridged.retryUs;",
      to: "      const us = scheduler.now() + bridged.retryUs / 1_000;",
      rules: ["STACK-25"],
    },
    {
      name: "host-bridge-takes-any-response",
      from: "    const bridged = this._table.at(frame.sequence);\n    const cc",
      to: "    const [bridged] = this._table.entries();\n    const cc",
      rules: ["STACK-24"],
    },
    {
      name: "host-bridge-code-among-the-data",
      from: "    const data = frame.data.slice(1);",
      to: "    const data = frame.data.slice();",
      rules: ["STACK-24"],
    },
    {
      name: "host-bridge-says-success",
      from: 'bridged.request.answer({ cc, maker: "remote", data, tag: 0 });',
      to: 'bridged.request.answer({ cc: 0, maker: "remote", data, tag: 0 });',
      rules: ["STACK-24"],
    },
    {
      name: "host-bridge-nak-is-final",
      from: "  SpecificCc.NakOnWrite,\n",
      to: "",
      rules: ["STACK-25"],
    },
    {
      name: "host-bridge-seven-bit-address",
      from: "    to: address.address,",
      to: "    to: address.address >> 1,",
      rules: ["STACK-17"],
    },
    {
      name: "host-bridge-unit-lost",
      from: "    toLun: address.lun ?? request.lun,",
      to: "    toLun: address.lun ?? 0,",
      rules: ["STACK-17"],
    },
    {
      name: "host-bridge-data-lost",
      from: "    data: request.data,\n  });\n  const message",
      to: "    data: request.data.subarray(0, 4),\n  });\n  const message",
      rules: ["STACK-17"],
    },
    {
      name: "host-bridge-one-number-for-all",
      from: "      frame: bridgedFrame(address, request, sequence),",
      to: "      frame: bridgedFrame(address, request, 0),",
      rules: ["SND-02"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/messages/send-message.ts" }, [
    {
      name: "host-bridge-asks-for-tracking",
      from: "const tracking = Tracking.None;",
      to: "const tracking = Tracking.Track;",
      rules: ["SND-02"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/messages/users.ts" }, [
    {
      name: "host-events-for-everybody",
      from: "      if (!user.events) continue;\n",
      to: "",
      rules: ["STACK-23"],
    },
    {
      name: "host-events-for-the-first",
      from: "      heard = true;\n",
      to: "      heard = true;\n      break;\n",
      rules: ["STACK-23"],
    },
    {
      name: "host-kept-events-lost",
      from: '    for (const record of kept) this.deliver(user, { what: "event", record });\n',
      to: "    void kept;\n",
      rules: ["STACK-23"],
    },
    {
      name: "host-kept-events-again",
      from: "    const kept = this._events;\n    this._events = [];\n",
      to: "    const kept = this._events;\n",
      rules: ["STACK-23"],
    },
    {
      name: "host-events-not-kept",
      from: "      this._events.push(record);\n",
      to: "",
      rules: ["STACK-23"],
    },
  ]),
];
