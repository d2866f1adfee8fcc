import { type Bug, bugsIn } from "../bug.ts";

/** Slips that show while something else is wrong besides, or in a corner that a right party comes to. */
export const DISORDER: readonly Bug[] = [
  ...bugsIn({ party: "host", file: "host/interfaces/kcs/kcs.ts", interfaces: ["kcs"] }, [
    {
      name: "host-kcs-waits-while-the-bmc-waits",
      from: "    if ((status & Status.Ibf) !== 0) {\n      // Whatever",
      to: "    if ((status & Status.Ibf) === 0) {\n      // Whatever",
      rules: ["STACK-48"],
    },
    {
      name: "host-kcs-recovers-without-a-word",
      from: "    return this.#enter(State.Abort, nowUs);\n",
      to: "    return this.#enter(State.AbortCode, nowUs);\n",
      rules: ["STACK-48"],
    },
    {
      name: "host-kcs-recoveries-not-told",
      from: "    this._recoveries++;\n",
      to: "",
      rules: ["STACK-41"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/smic/smic.ts", interfaces: ["smic"] }, [
    {
      name: "host-smic-starts-over-without-a-pause",
      from: "    if (pauseUs === 0) return this.#restart(nowUs);\n",
      to: "    if (pauseUs >= 0) return this.#restart(nowUs);\n",
      rules: ["STACK-42"],
    },
    {
      name: "host-smic-recoveries-not-told",
      from: "    this._recoveries++;\n",
      to: "",
      rules: ["STACK-41"],
    },
    {
      name: "host-smic-end-not-looked-at",
      from: "    const status = this._port.read(this._control);\n    if (status !== SmicStatus.Ready) this._failure = Failure.WrongPhase;\n",
      to: "",
      rules: ["SMIC-05"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/bt/bt.ts", interfaces: ["bt"] }, [
    {
      name: "host-bt-recoveries-not-told",
      from: "    this._recoveries++;\n",
      to: "",
      rules: ["STACK-41"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/bt/block.ts", interfaces: ["bt"] }, [
    {
      name: "host-bt-interrupt-left-on",
      from: "    if (this._interrupts) this._port.write(this._mask, BtInterruptMask.Interrupt);\n",
      to: "",
      rules: ["STACK-43"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/ssif/ssif.ts", interfaces: ["ssif"] }, [
    {
      name: "host-ssif-broken-response-read-again-at-once",
      from: "    if (this._badResponses <= this._timing.badResponsesMax) return this.#notReady(nowUs);",
      to: "    if (this._badResponses <= this._timing.badResponsesMax) return this.#notReady(nowUs, 0);",
      rules: ["SSIF-07"],
    },
    {
      name: "host-ssif-written-again-at-once",
      from: "    this._state = State.Resend;\n    return this.#pause(writeRetryUs);",
      to: "    this._state = State.Resend;\n    return this.#pause(0);",
      rules: ["SSIF-07"],
    },
    {
      name: "host-ssif-refusals-not-told",
      from: "    this._recoveries++;\n    this._state = State.Resend;\n    if (progress",
      to: "    this._state = State.Resend;\n    if (progress",
      rules: ["STACK-41"],
    },
    {
      name: "host-ssif-once-and-again",
      from: "    if (taken && this._again === Again.Never) {",
      to: "    if (taken && this._again === Again.Never && this._writeTries > 0) {",
      rules: ["STACK-44"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/ssif/attention.ts", interfaces: ["ssif"] }, [
    {
      name: "host-ssif-flags-asked-for-on-and-on",
      from: "    if (asksFlags(request) && cc === Cc.Ok) this.#spend(flags, nowUs);\n",
      to: "    if (asksFlags(request) && cc === Cc.Ok) this.#spend(1, nowUs);\n",
      rules: ["STACK-50"],
    },
    {
      name: "host-ssif-strangers-alert-again-and-again",
      from: "    this._alertRestUntilUs = nowUs + this._timing.alertRestUs;\n",
      to: "",
      rules: ["STACK-46"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/watchdog/watchdog-protection.ts" }, [
    {
      name: "host-watchdog-earlier-heartbeats-time",
      from: "    this.forget();\n    const nowUs",
      to: "    const nowUs",
      rules: ["STACK-45"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/bring-up/bring-up.ts" }, [
    {
      name: "host-hears-news-of-a-bmc-it-does-not-know",
      from: '    if (state !== "up") this._si.setAttentive(false);\n',
      to: "",
      rules: ["STACK-49"],
    },
    {
      name: "host-pretimeout-thrown-away-at-each-return",
      from: "    if (this._everUp) {\n      proceed();\n      return;\n    }\n",
      to: "",
      rules: ["STACK-47"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/system-interface/system-interface.ts" }, [
    {
      name: "host-presence-not-answered-and-nothing-follows",
      from: '    } else if (outcome.kind === "failure" && isEnd(transfer, outcome)) {',
      to: '    } else if (outcome.kind === "failure" && outcome.failed) {',
      rules: ["STACK-31"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/messages/message-handler.ts" }, [
    {
      name: "host-interface-failed-said-to-be-a-time-out",
      from: "request.answer(localReply(LocalCc.InterfaceFailed,",
      to: "request.answer(localReply(LocalCc.Timeout,",
      rules: ["STACK-51"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/messages/users.ts" }, [
    {
      name: "host-pretimeout-told-to-listeners-alone",
      from: "for (const user of this._users) this.deliver(user, delivery);",
      to: "for (const user of this._users) if (user.events) this.deliver(user, delivery);",
      rules: ["STACK-23"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/watchdog/watchdog.ts" }, [
    {
      name: "host-watchdog-lets-itself-be-stopped",
      from: "    if (stops && this._options.nowayout) throw",
      to: "    if (stops && this._options.nowayout && this._stopping !== undefined) throw",
      rules: ["STACK-22"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/controller/host-power.ts" }, [
    {
      name: "bmc-power-taken-comes-back",
      from: "  powerOff(): void {\n    this._powerReturns?.cancel();\n",
      to: "  powerOff(): void {\n",
      rules: ["CHS-06"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/clock.ts" }, [
    {
      name: "bmc-clock-only-forward",
      from: "    this._baseS = seconds;\n",
      to: "    this._baseS = Math.max(seconds, this._baseS);\n",
      rules: ["SEL-07"],
    },
  ]),
];
