import { type Bug, bugsIn } from "../bug.ts";

/** Slips of a host's that were written with the referee unread, to measure it by. */
export const KEPT_BACK_HOST: readonly Bug[] = [
  ...bugsIn({ party: "host", file: "host/bring-up/bring-up.ts" }, [
    {
      name: "host-stands-still-after-a-refused-reset",
      from: "    if (!quiet) {\n      this._si.resume();\n      return;\n    }\n",
      to: "    if (!quiet) return;\n",
      rules: ["STACK-36"],
    },
    {
      name: "host-channels-of-the-old-firmware",
      from: "    this._options.channels.reset();\n",
      to: "",
      rules: ["STACK-38"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/kcs/kcs.ts", interfaces: ["kcs"] }, [
    {
      name: "host-kcs-reset-sent-again",
      from: "    if (this.#taken && this._again === Again.Reset) return this.#fail(failure);\n",
      to: "",
      rules: ["STACK-15", "STACK-06"],
    },
    {
      name: "host-kcs-patience-not-renewed",
      from: "    this._patience.renew();\n",
      to: "",
      rules: ["STACK-14", "STACK-16"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/ssif/ssif.ts", interfaces: ["ssif"] }, [
    {
      name: "host-ssif-broken-block-read-on",
      from: "        return this.#readBlock(SsifCommand.ReadStart);\n      case",
      to: "        return this.#readBlock(this._blockNumber > 0 ? SsifCommand.ReadMiddle : SsifCommand.ReadStart);\n      case",
      rules: ["SSIF-15", "STACK-14", "STACK-16"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/system-interface/machine-runner.ts" }, [
    {
      name: "host-one-silence-and-the-bmc-is-lost",
      from: "    const alone = FAILS_ALONE[this._machine.failure()];",
      to: "    const alone = this._machine.failure() === Failure.Contended ? FAILS_ALONE[Failure.Contended] : undefined;",
      rules: ["STACK-31", "STACK-16", "STACK-14"],
    },
  ]),
  ...bugsIn(
    {
      party: "host",
      file: "host/system-interface/machine-runner.ts",
      interfaces: ["kcs", "bt"],
    },
    [
      {
        name: "host-waits-for-the-interrupt-alone",
        from: "    return Math.min(nowUs + waitUs, this._machine.wakeAtUs());",
        to: "    return comes ? this._machine.wakeAtUs() : Math.min(nowUs + waitUs, this._machine.wakeAtUs());",
        rules: ["GEN-10", "KCS-48"],
      },
    ],
  ),
  ...bugsIn({ party: "host", file: "host/messages/sequence-table.ts" }, [
    {
      name: "host-number-used-again-at-once",
      from: "      this._next = (sequence + 1) % SEQUENCES;\n",
      to: "",
      rules: ["STACK-39"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/stack.ts" }, [
    {
      name: "host-deaf-after-maintenance",
      from: '      this._maintenanceTask = this._scheduler.at(untilUs, "maintenance", () => this.#watch());\n',
      to: "",
      rules: ["STACK-32", "STACK-34"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/bring-up/maintenance.ts" }, [
    {
      name: "host-maintenance-not-prolonged",
      from: "    this._untilUs = nowUs + this._lastsUs;\n",
      to: "    if (nowUs >= this._untilUs) this._untilUs = nowUs + this._lastsUs;\n",
      rules: ["STACK-37"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/watchdog/watchdog.ts" }, [
    {
      name: "host-panic-with-the-first-setting",
      from: "    this._panicFrame = settingFrame(",
      to: "    this._panicFrame ??= settingFrame(",
      rules: ["STACK-11", "STACK-21"],
    },
    {
      name: "host-refused-and-still-armed",
      from: "      if (!heard.ok) this._protection.lost(why);\n",
      to: "",
      rules: ["STACK-29", "STACK-20"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/panic/panic-messages.ts" }, [
    {
      name: "host-panic-receiver-unit-lost",
      from: "(0x0a << 2) | to.lun;",
      to: "0x0a << 2;",
      rules: ["STACK-11"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/kcs/kcs.ts", interfaces: ["kcs"] }, [
    {
      name: "host-kcs-five-seconds-in-all",
      from: "    this._endUs = nowUs + this._timing.transactionUs;",
      to: "    this._endUs = nowUs + this._timing.outputTimeoutUs;",
      rules: ["STACK-14", "STACK-16"],
    },
    {
      name: "host-kcs-cut-and-not-said",
      from: "    return this._response.truncated;",
      to: "    return false;",
      rules: ["STACK-09", "STACK-18"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/smic/smic.ts", interfaces: ["smic"] }, [
    {
      name: "host-smic-done-before-the-end",
      from: "    if (last) return this.#ask(SmicControl.ReadEnd, State.Ended, nowUs);\n",
      to: "    if (last) {\n      this.#ask(SmicControl.ReadEnd, State.Ended, nowUs);\n      this._state = State.Idle;\n      return Pace.Done;\n    }\n",
      rules: ["SMIC-05"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/ssif/ssif.ts", interfaces: ["ssif"] }, [
    {
      name: "host-ssif-block-numbers-unread",
      from: "    const whole = number === this._blockNumber && data.length === BLOCK_BYTES_MAX;",
      to: "    const whole = data.length === BLOCK_BYTES_MAX;",
      rules: ["STACK-18", "SSIF-14"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/messages/ipmb-bridge.ts" }, [
    {
      name: "host-bridge-busy-is-the-end",
      from: "(reply.cc === Cc.Ok || WORTH_ANOTHER_TRY.includes(reply.cc))",
      to: "reply.cc === Cc.Ok",
      rules: ["STACK-25"],
    },
  ]),
];
