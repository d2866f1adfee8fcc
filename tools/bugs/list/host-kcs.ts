import { bugsIn } from "../bug.ts";

/** What can go wrong in a driver of KCS. */
export const HOST_KCS = bugsIn(
  { party: "host", file: "host/interfaces/kcs/kcs.ts", interfaces: ["kcs"] },
  [
    {
      name: "host-kcs-writes-on-in-any-state",
      from: "    if (status >> 6 !== Phase.Write) return this.#errorExit(Failure.WrongPhase, nowUs);\n    const wait",
      to: "    const wait",
      rules: ["KCS-08", "KCS-02", "KCS-12"],
    },
    {
      name: "host-kcs-last-byte-in-any-state",
      from: "    if (status >> 6 !== Phase.Write) return this.#errorExit(Failure.WrongPhase, nowUs);\n    return this.#dummy(",
      to: "    return this.#dummy(",
      rules: ["KCS-08", "KCS-12"],
    },
    {
      name: "host-kcs-dummy-bytes-unread",
      from: "    this._port.read(0);\n    return undefined;",
      to: "    return undefined;",
      rules: ["KCS-09", "KCS-10"],
    },
    {
      name: "host-kcs-write-end-too-soon",
      from: "if (this._sent < this._requestLength - 1) return",
      to: "if (this._sent < this._requestLength - 2) return",
      rules: ["KCS-06", "STACK-17"],
    },
    {
      name: "host-kcs-no-write-end",
      from: "    this._port.write(this._control, Control.WriteEnd);\n",
      to: "",
      rules: ["KCS-06", "STACK-17"],
    },
    {
      name: "host-kcs-write-end-again",
      from: "Control.WriteEnd);\n    return this.#enter(State.Last, nowUs);",
      to: "Control.WriteEnd);\n    return this.#enter(State.Write, nowUs);",
      rules: ["KCS-07"],
    },
    {
      name: "host-kcs-reads-sixteen-bytes",
      from: "    if (this._response.endless) return this.#errorExit(Failure.Endless, nowUs);",
      to: "    if (this._response.received === 16) return this.#done();",
      rules: ["KCS-10", "STACK-18"],
    },
    {
      name: "host-kcs-ibf-not-awaited-while-writing",
      from: "if ((status & Status.Ibf) !== 0) {\n      // Whatever",
      to: "if ((status & Status.Ibf) !== 0 && this._state !== State.Write) {\n      // Whatever",
      rules: ["KCS-02", "KCS-01", "KCS-08"],
    },
    {
      name: "host-kcs-output-timeout-in-ms",
      from: "outputTimeoutUs: 5 * SECOND_US,\n  dummy",
      to: "outputTimeoutUs: 5 * MILLISECOND_US,\n  dummy",
      rules: ["KCS-11", "STACK-14", "STACK-16"],
    },
    {
      name: "host-kcs-input-timeout-in-ms",
      from: "inputTimeoutUs: 5 * SECOND_US,\n  output",
      to: "inputTimeoutUs: 5 * MILLISECOND_US,\n  output",
      rules: ["KCS-11", "STACK-14", "STACK-16"],
    },
    {
      name: "host-kcs-waits-from-the-beginning",
      from: "    this._state = state;\n    this._enteredUs = nowUs;",
      to: "    this._state = state;",
      rules: ["KCS-11", "STACK-16"],
    },
    {
      name: "host-kcs-recovers-without-end",
      from: "if (pauseUs === undefined) return this.#fail(failure);",
      to: "if (pauseUs === undefined) return this.#recover(nowUs);",
      rules: ["KCS-13"],
    },
    {
      name: "host-kcs-never-recovers",
      from: "if (pauseUs === 0) return this.#recover(nowUs);",
      to: "if (pauseUs === 0) return this.#fail(failure);",
      rules: ["KCS-12", "STACK-14", "STACK-16"],
    },
    {
      name: "host-kcs-recovery-without-read",
      from: "    this._port.write(0, Control.Read);\n    return this.#enter(State.AbortEnd",
      to: "    return this.#enter(State.AbortEnd",
      rules: ["KCS-12"],
    },
    {
      name: "host-kcs-goes-on-after-recovery",
      from: "    this._sent = 0;\n",
      to: "",
      rules: ["KCS-06", "STACK-17"],
    },
    {
      name: "host-kcs-old-bytes-in-front",
      from: "    this._response.clear();\n",
      to: "",
      rules: ["STACK-18", "STACK-09", "STACK-04"],
    },
    {
      name: "host-kcs-read-code-is-zero",
      from: "    this._port.write(0, Control.Read);\n    return this.#enter(State.Read, nowUs);",
      to: "    this._port.write(0, 0x00);\n    return this.#enter(State.Read, nowUs);",
      rules: ["KCS-05"],
    },
    {
      name: "host-kcs-attention-not-looked-at",
      from: "return (status & Status.SmsAtn) !== 0 ? Pace.Attention : Pace.Idle;",
      to: "return Pace.Idle;",
      rules: ["KCS-46"],
    },
    {
      name: "host-kcs-reads-before-obf",
      from: "    if ((status & Status.Obf) === 0) {\n      const wait = this.#wait(this._timing.outputTimeoutUs, nowUs);\n      return wait ?? this.#errorExit(Failure.NoOutput, nowUs);\n    }\n",
      to: "",
      rules: ["KCS-03"],
    },
  ],
);
