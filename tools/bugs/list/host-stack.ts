import { bugsIn } from "../bug.ts";

/** What can go wrong in a host's message handler and what stands around it. */
export const HOST_STACK = [
  ...bugsIn({ party: "host", file: "host/system-interface/system-interface.ts" }, [
    {
      name: "host-si-messages-dropped",
      from: "    this.#deliver(() => this._listener.onMessage(data));\n",
      to: "",
      rules: ["STACK-24"],
    },
    {
      name: "host-si-events-dropped",
      from: "    this.#deliver(() => this._listener.onEvent(data));\n",
      to: "",
      rules: ["STACK-23"],
    },
    {
      name: "host-si-reads-messages-unasked",
      from: "    const fetch = this._round.next();\n",
      to: "    const fetch = this._round.next() || Fetch.Event;\n",
      rules: ["STACK-03"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/system-interface/flag-round.ts" }, [
    {
      name: "host-round-without-end",
      from: "const FETCHES_PER_ROUND = 10;",
      to: "const FETCHES_PER_ROUND = 10_000;",
      rules: ["STACK-03"],
    },
    {
      name: "host-round-events-as-messages",
      from: "[Fetch.Event]: MessageFlag.EventMessageBufferFull",
      to: "[Fetch.Event]: MessageFlag.ReceiveMessageAvailable",
      rules: ["STACK-03"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/system-interface/machine-runner.ts" }, [
    {
      name: "host-runs-for-long",
      from: "const STEPS_PER_RUN = 32;",
      to: "const STEPS_PER_RUN = 100_000;",
      rules: ["STACK-05"],
    },
    {
      name: "host-polls-without-giving-way",
      from: "    return Math.min(nowUs + waitUs, this._machine.wakeAtUs());",
      to: "    return Math.min(nowUs, this._machine.wakeAtUs());",
      rules: ["STACK-05"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/messages/reply.ts" }, [
    {
      name: "host-any-response-will-do",
      from: "if (netFn === responseNetFn(question.netFn) && cmd === question.cmd) {",
      to: "if (netFn === responseNetFn(question.netFn) || cmd === question.cmd) {",
      rules: ["STACK-04"],
    },
    {
      name: "host-code-taken-for-data",
      from: '    return { cc, maker: "bmc", data, tag };',
      to: '    return { cc: cc === 0 ? 0 : (data[0] ?? 0), maker: "bmc", data, tag };',
      rules: ["STACK-09"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/messages/message-handler.ts" }, [
    {
      name: "host-no-quiet-after-reset",
      from: "    this._options.onReset(quiet);",
      to: "    this._options.onReset(false);",
      rules: ["STACK-06"],
    },
    {
      name: "host-shutdown-answers-nobody",
      from: '    this.answerAll(localReply(LocalCc.Cancelled, "host-handler"));\n    this._expiry',
      to: "    this._expiry",
      rules: ["STACK-01"],
    },
    {
      name: "host-gone-user-owed-an-answer",
      from: '    this.#answerUser(user, localReply(LocalCc.Cancelled, "host-handler"));\n',
      to: "",
      rules: ["STACK-26", "STACK-01"],
    },
    {
      name: "host-logical-unit-lost",
      from: "      frame: encodeRequest(request),",
      to: "      frame: encodeRequest({ ...request, netFn: request.netFn, cmd: request.cmd, data: request.data, lun: request.lun ^ (request.data.length > 3 ? 1 : 0) }),",
      rules: ["STACK-17"],
    },
    {
      name: "host-long-data-cut",
      from: "      frame: encodeRequest(request),",
      to: "      frame: encodeRequest(request).subarray(0, 20),",
      rules: ["STACK-17"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/stack.ts" }, [
    {
      name: "host-registers-after-shutdown",
      from: "this._handler.shutdown(this._si.stop());",
      to: "this._handler.shutdown([]);",
      rules: ["STACK-07", "STACK-01"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/bring-up/bring-up.ts" }, [
    {
      name: "host-lost-bmc-answers-nobody",
      from: '    this._handler.answerAll(localReply(LocalCc.InterfaceFailed, "host-interface"));\n',
      to: "",
      rules: ["STACK-02", "STACK-01"],
    },
    {
      name: "host-never-looks-again",
      from: "this.#after(this._everUp ? failedRetryUs : absentRetryUs, () => this.#look());",
      to: "if (this._everUp) this.#after(failedRetryUs * absentRetryUs, () => this.#look());",
      rules: ["STACK-19"],
    },
    {
      name: "host-stale-pretimeout-clears-all",
      from: "Uint8Array.of(MessageFlag.WatchdogPretimeout);",
      to: "Uint8Array.of(0xff);",
      rules: ["MF-12"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/bring-up/global-enables.ts" }, [
    {
      name: "host-enables-written-blindly",
      from: "(bits & ~OURS) | first | this._stuck",
      to: "first | this._stuck",
      rules: ["MF-02", "KCS-47"],
    },
    {
      name: "host-enables-with-a-reserved-bit",
      from: "(bits & ~OURS) | first | this._stuck",
      to: "(bits & ~OURS) | first | this._stuck | RESERVED",
      rules: ["GEN-05"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/messages/ipmb-bridge.ts" }, [
    {
      name: "host-bridge-answers-to-the-bmc",
      from: "    fromLun: SMS_LUN,",
      to: "    fromLun: 0,",
      rules: ["SND-02"],
    },
    {
      name: "host-bridge-as-software",
      from: "    from: BMC_ADDRESS,",
      to: "    from: 0x81,",
      rules: ["SND-02"],
    },
  ]),
];
