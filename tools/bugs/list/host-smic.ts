import { bugsIn } from "../bug.ts";

/** What can go wrong in a driver of SMIC. */
export const HOST_SMIC = [
  ...bugsIn({ party: "host", file: "host/interfaces/smic/smic.ts", interfaces: ["smic"] }, [
    {
      name: "host-smic-busy-not-awaited",
      from: "if ((flags & SmicFlag.Busy) !== 0) {",
      to: "if ((flags & SmicFlag.Busy) !== 0 && this._state !== State.Written) {",
      rules: ["SMIC-01"],
    },
    {
      name: "host-smic-reads-before-data-is-ready",
      from: "    if ((flags & SmicFlag.RxDataRdy) === 0) {\n      const wait = this.#wait(this._timing.outputTimeoutUs, nowUs);\n      return wait ?? this.#startOver(Failure.NoOutput, nowUs);\n    }\n    return this.#ask(SmicControl.ReadStart",
      to: "    return this.#ask(SmicControl.ReadStart",
      rules: ["SMIC-04"],
    },
    {
      name: "host-smic-no-read-end",
      from: "    if (last) return this.#ask(SmicControl.ReadEnd, State.Ended, nowUs);\n",
      to: "    if (last) {\n      this._state = State.Idle;\n      return Pace.Done;\n    }\n",
      rules: ["SMIC-06"],
    },
    {
      name: "host-smic-write-status-not-looked-at",
      from: "    if (status !== expected) return this.#outOfPhase(status, nowUs);\n    this.#enter(State.Write, nowUs);",
      to: "    this.#enter(State.Write, nowUs);",
      rules: ["SMIC-05"],
    },
    {
      name: "host-smic-write-end-code-not-looked-at",
      from: "    if (error !== SmicError.None) return this.#refused(error, nowUs);\n",
      to: "",
      rules: ["SMIC-10", "SMIC-05"],
    },
    {
      name: "host-smic-data-after-busy",
      from: "    this._port.write(SmicRegister.Data, byte);\n    this._port.write(this._flags, SmicFlag.Busy);\n",
      to: "    this._port.write(this._flags, SmicFlag.Busy);\n    this._port.write(SmicRegister.Data, byte);\n",
      rules: ["SMIC-02", "SMIC-01"],
    },
    {
      name: "host-smic-control-after-busy",
      from: "    this._port.write(this._control, control);\n    this._port.write(this._flags, SmicFlag.Busy);\n    return",
      to: "    this._port.write(this._flags, SmicFlag.Busy);\n    this._port.write(this._control, control);\n    return",
      rules: ["SMIC-02", "SMIC-01"],
    },
    {
      name: "host-smic-ends-a-byte-early",
      from: "const last = this._sent === this._requestLength - 1;",
      to: "const last = this._sent >= Math.max(this._requestLength - 2, 1);",
      rules: ["STACK-17"],
    },
    {
      name: "host-smic-last-byte-not-kept",
      from: "    this._response.push(this._port.read(SmicRegister.Data));\n    if (last)",
      to: "    const byte = this._port.read(SmicRegister.Data);\n    if (!last) this._response.push(byte);\n    if (last)",
      rules: ["STACK-18", "STACK-09"],
    },
    {
      name: "host-smic-old-bytes-in-front",
      from: "    this._response.clear();\n",
      to: "",
      rules: ["STACK-40", "STACK-18", "STACK-09"],
    },
    {
      name: "host-smic-attention-not-looked-at",
      from: "return asks ? Pace.Attention : Pace.Idle;",
      to: "return Pace.Idle;",
      rules: ["SMIC-09"],
    },
    {
      name: "host-smic-read-start-again",
      from: "return this.#ask(SmicControl.ReadNext, State.Fetched, nowUs);",
      to: "return this.#ask(SmicControl.ReadStart, State.Fetched, nowUs);",
      rules: ["SMIC-05", "SMIC-06"],
    },
    {
      name: "host-smic-write-start-again",
      from: "return this.#send(SmicControl.WriteNext, State.Written, nowUs);",
      to: "return this.#send(SmicControl.WriteStart, State.Written, nowUs);",
      rules: ["SMIC-05", "STACK-40"],
    },
    {
      name: "host-smic-starts-the-other-stream",
      from: "return this.#send(SmicControl.WriteStart, State.Written, nowUs);",
      to: "return this.#send(SmicControl.WriteStart | 0x20, State.Written, nowUs);",
      rules: ["SMIC-08"],
    },
    {
      name: "host-smic-read-status-not-looked-at",
      from: "    if (!last && status !== expected) return this.#outOfPhase(status, nowUs);\n",
      to: "",
      rules: ["SMIC-05"],
    },
    {
      name: "host-smic-output-timeout-in-ms",
      from: "outputTimeoutUs: 5 * SECOND_US,",
      to: "outputTimeoutUs: 5_000,",
      rules: ["STACK-14", "STACK-16"],
    },
    {
      name: "host-smic-input-timeout-in-ms",
      from: "inputTimeoutUs: 5 * SECOND_US,\n  output",
      to: "inputTimeoutUs: 500,\n  output",
      rules: ["STACK-14", "STACK-16"],
    },
  ]),
];
