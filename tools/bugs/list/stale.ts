import { type Bug, bugsIn } from "../bug.ts";

/**
 * Slips that were written before the rules were looked at: what is left of a state behind a reset, a flag or a
 * task that is not taken back, a counter that wraps into the value for none, two things in the wrong order.
 */
export const STALE: readonly Bug[] = [
  ...bugsIn({ party: "bmc", file: "bmc/bt/requests.ts", interfaces: ["bt"] }, [
    {
      name: "bmc-bt-each-eighth-request-has-no-name",
      from: "    request.ticket = ++this._lastTicket;",
      to: "    this._lastTicket = (this._lastTicket + 1) & 0x07;\n    request.ticket = this._lastTicket;",
      rules: ["GEN-02"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/bt/bt.ts", interfaces: ["bt"] }, [
    {
      name: "bmc-bt-requests-outlive-a-reset",
      from: "    this._ready = false;\n    this.#drop();\n",
      to: "    this._ready = false;\n",
      rules: ["BT-25"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/reservation.ts" }, [
    {
      name: "bmc-reservation-holds-once",
      from: "    return this._held && id === this._last;",
      to: "    const held = this._held && id === this._last;\n    this._held = false;\n    return held;",
      rules: ["SDR-01", "SEL-01"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/sdr-repository.ts" }, [
    {
      name: "bmc-sdr-ids-big-endian",
      from: "setUint16(0, id, true)",
      to: "setUint16(0, id, false)",
      rules: ["SDR-05"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/watchdog.ts" }, [
    {
      name: "bmc-watchdog-wrong-prescaler",
      from: "const COUNT_US = 100 * MILLISECOND_US;",
      to: "const COUNT_US = 128 * MILLISECOND_US;",
      rules: ["WD-09", "WD-16", "WD-06"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/messaging.ts", interfaces: ["kcs"] }, [
    {
      name: "bmc-enables-change-nothing-until-flags-do",
      from: "    return (this.flags << 8) | this._enables;",
      to: "    return this.flags << 8;",
      rules: ["KCS-49"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/controller/ipmb-bus.ts", interfaces: ["kcs"] }, [
    {
      name: "bmc-queued-message-without-its-last-byte",
      from: "this._parts.queue(queued);",
      to: "this._parts.queue(queued.subarray(0, -1));",
      rules: ["SND-10"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/sensor-event/event.ts" }, [
    {
      name: "bmc-event-generator-not-shifted",
      from: "generator: generatorId >> 1,",
      to: "generator: generatorId & 0x7f,",
      rules: ["EVT-03"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/chassis/control.ts" }, [
    {
      name: "bmc-control-acts-before-it-answers",
      from: '    after.do(() => power.act(action, "chassis-control"));',
      to: '    void after;\n    power.act(action, "chassis-control");',
      rules: ["CHS-06"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/controller/after-response.ts" }, [
    {
      name: "bmc-put-off-and-done-behind-each-response",
      from: "    this._run = undefined;\n    run?.();",
      to: "    run?.();",
      rules: ["CHS-06"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/kcs/kcs.ts", interfaces: ["kcs"] }, [
    {
      name: "host-kcs-old-byte-not-taken-before-the-start",
      from: "    this.#drain(status);\n    this._port.write(this._control, Control.WriteStart);",
      to: "    this._port.write(this._control, Control.WriteStart);",
      rules: ["KCS-09"],
    },
    {
      name: "host-kcs-error-code-taken-for-failure",
      from: "    this._port.read(0);\n    this._port.write(0, Control.Read);\n    return this.#enter(State.AbortEnd",
      to: "    if (this._port.read(0) !== 0) return this.#recoveryFailed(nowUs);\n    this._port.write(0, Control.Read);\n    return this.#enter(State.AbortEnd",
      rules: ["KCS-12"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/smic/smic.ts", interfaces: ["smic"] }, [
    {
      name: "host-smic-short-read-taken-for-the-end",
      from: "    const last = status === SmicStatus.ReadEnd;\n",
      to: "    const last = status === SmicStatus.ReadEnd || this._response.received === 63;\n",
      rules: ["SMIC-06"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/ssif/smbus-block.ts", interfaces: ["ssif"] }, [
    {
      name: "host-ssif-stop-on-anothers-bus",
      from: "      this._state = State.Idle;\n      return Progress.Lost;",
      to: "      this._state = State.Idle;\n      this._bus.stop();\n      return Progress.Lost;",
      rules: ["SSIF-18"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/ssif/attention.ts", interfaces: ["ssif"] }, [
    {
      name: "host-ssif-alert-asked-by-a-write",
      from: "this._bus.start((ALERT_RESPONSE_ADDRESS << 1) | READ_BIT)",
      to: "this._bus.start((ALERT_RESPONSE_ADDRESS << 1) | (READ_BIT & 0))",
      rules: ["SSIF-19"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/system-interface/transfer-queue.ts" }, [
    {
      name: "host-nobody-gets-a-turn",
      from: "const PASSES_MAX = 4;",
      to: "const PASSES_MAX = 4_000;",
      rules: ["STACK-28"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/messages/ipmb-bridge.ts" }, [
    {
      name: "host-bridge-timer-runs-on",
      from: "    bridged.timer?.cancel();\n",
      to: "",
      rules: ["STACK-28"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/messages/users.ts" }, [
    {
      name: "host-kept-events-backwards",
      from: "for (const record of kept) this",
      to: "for (const record of kept.reverse()) this",
      rules: ["STACK-23"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/panic/panic.ts" }, [
    {
      name: "host-panic-goes-on-after-a-failure",
      from: "    if (!this.#send(messages.platformEvent, spin)) return false;",
      to: "    this.#send(messages.platformEvent, spin);",
      rules: ["STACK-11"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/panic/panic-messages.ts" }, [
    {
      name: "host-panic-second-character-twice",
      from: "characterAt(text, 2)",
      to: "characterAt(text, 1) + 0 * 2",
      rules: ["STACK-11"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/bring-up/bring-up.ts" }, [
    {
      name: "host-asks-again-at-once-who-it-is",
      from: "        this.#after(this._options.options.identifyPauseUs, () => this.#identify(tries - 1));",
      to: "        this.#identify(tries - 1);",
      rules: ["STACK-53"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/bring-up/global-enables.ts" }, [
    {
      name: "host-enables-check-hangs-on",
      from: "  abandon(): void {\n    this._checking = false;",
      to: "  abandon(): void {\n    this._checking ||= false;",
      rules: ["STACK-34"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/watchdog/watchdog-protection.ts" }, [
    {
      name: "host-watchdog-unprotected-said-again",
      from: 'if (this._state.name === "unprotected" || this._state.name === "off") return;',
      to: 'if (this._state.name === "off") return;',
      rules: ["STACK-45"],
    },
  ]),
];
