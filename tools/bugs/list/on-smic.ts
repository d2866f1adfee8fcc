import { bugsIn } from "../bug.ts";

/** More that can go wrong on SMIC, on either side. */
export const ON_SMIC = [
  ...bugsIn({ party: "host", file: "host/interfaces/smic/smic.ts", interfaces: ["smic"] }, [
    {
      name: "host-smic-next-byte-without-tx-ready",
      from: "    if ((flags & SmicFlag.TxDataRdy) === 0) {",
      to: "    if ((flags & SmicFlag.TxDataRdy) === 0 && this._sent === 0) {",
      rules: ["SMIC-03"],
    },
    {
      name: "host-smic-ends-in-place-of-the-next",
      from: "return this.#ask(SmicControl.ReadNext, State.Fetched, nowUs);",
      to: "return this.#ask(SmicControl.ReadEnd, State.Fetched, nowUs);",
      rules: ["SMIC-06"],
    },
    {
      name: "host-smic-clears-busy-itself",
      from: "    const status = this._port.read(this._control);\n    if (status !== SmicStatus.Ready) this._failure",
      to: "    this._port.write(this._flags, 0);\n    const status = this._port.read(this._control);\n    if (status !== SmicStatus.Ready) this._failure",
      rules: ["SMIC-02"],
    },
    {
      name: "host-smic-ready-ends-the-response",
      from: "    const last = status === SmicStatus.ReadEnd;",
      to: "    const last = status === SmicStatus.ReadEnd || status === SmicStatus.Ready;",
      rules: ["SMIC-05", "STACK-18"],
    },
    {
      name: "host-smic-request-bytes-lose-a-bit",
      from: "    this._port.write(SmicRegister.Data, byte);\n",
      to: "    this._port.write(SmicRegister.Data, byte & 0x7f);\n",
      rules: ["STACK-17"],
    },
    {
      name: "host-smic-response-bytes-lose-a-bit",
      from: "this._response.push(this._port.read(SmicRegister.Data));",
      to: "this._response.push(this._port.read(SmicRegister.Data) & 0x7f);",
      rules: ["STACK-18"],
    },
    {
      name: "host-smic-no-write-end",
      from: "    if (last) return this.#send(SmicControl.WriteEnd, State.Sent, nowUs);",
      to: "    if (last) return this.#send(SmicControl.WriteNext, State.Sent, nowUs);",
      rules: ["SMIC-05", "STACK-40"],
    },
    {
      name: "host-smic-write-end-without-data",
      from: "    this._port.write(SmicRegister.Data, byte);\n",
      to: "    if (control !== SmicControl.WriteEnd) this._port.write(SmicRegister.Data, byte);\n",
      rules: ["SMIC-02"],
    },
    {
      name: "host-smic-attention-of-the-event-flag",
      from: "const asks = (flags & (SmicFlag.Busy | SmicFlag.SmsAtn)) === SmicFlag.SmsAtn;",
      to: "const asks = (flags & (SmicFlag.Busy | SmicFlag.EvtAtn)) === SmicFlag.EvtAtn;",
      rules: ["SMIC-09"],
    },
    {
      name: "host-smic-sends-again-what-must-not",
      from: "if (silent || late || this._again === Again.Never) return",
      to: "if (silent || late) return",
      rules: ["STACK-15"],
    },
    {
      name: "host-smic-data-before-the-status",
      from: "    this._response.push(this._port.read(SmicRegister.Data));\n    if (last)",
      to: "    this._response.push(this._port.read(this._control));\n    if (last)",
      rules: ["STACK-18", "SMIC-11"],
    },
    {
      name: "host-smic-status-and-data-swapped",
      from: "    this._port.write(this._control, control);\n    this._port.write(SmicRegister.Data, byte);",
      to: "    this._port.write(this._control, byte);\n    this._port.write(SmicRegister.Data, control);",
      rules: ["SMIC-08"],
    },
    {
      name: "host-smic-gives-up-at-the-first-wrong-status",
      from: "    const pauseUs = this._patience.pauseUs(nowUs);\n    if (pauseUs === undefined) return",
      to: "    const pauseUs = this._patience.pauseUs(nowUs);\n    if (pauseUs !== undefined) return",
      rules: ["SMIC-05", "STACK-14", "STACK-16"],
    },
    {
      name: "host-smic-reads-without-a-byte",
      from: "    if (last) return this.#ask(SmicControl.ReadEnd, State.Ended, nowUs);\n    this.#enter",
      to: "    if (last && this._response.received > 3) return this.#ask(SmicControl.ReadEnd, State.Ended, nowUs);\n    this.#enter",
      rules: ["SMIC-06", "SMIC-05"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/smic/smic.ts", interfaces: ["smic"] }, [
    {
      name: "bmc-smic-tx-ready-never",
      from: "    this.#flags(SmicFlag.TxDataRdy);\n",
      to: "    this.#flags(0);\n",
      rules: ["SMIC-30"],
    },
    {
      name: "bmc-smic-rx-ready-at-once",
      from: "    this.#flags(0);\n    if (this.served)",
      to: "    this.#flags(SmicFlag.RxDataRdy);\n    if (this.served)",
      rules: ["SMIC-31"],
    },
    {
      name: "bmc-smic-rx-ready-for-the-first-byte",
      from: "    if (last) this._state = State.ReadLast;",
      to: "    if (last) this._state = State.ReadLast;\n    this.#flags(0);",
      rules: ["SMIC-34"],
    },
    {
      name: "bmc-smic-rx-ready-never",
      from: "    this._controller.tags.response = this._tag;\n    this._controller.updateFlags(SmicFlag.RxDataRdy, SmicFlag.RxDataRdy);",
      to: "    this._controller.tags.response = this._tag;",
      rules: ["SMIC-31", "GEN-02"],
    },
    {
      name: "bmc-smic-read-start-status-for-all",
      from: "this.#answer(last ? SmicOperation.ReadEnd : operation, byte);",
      to: "this.#answer(last ? SmicOperation.ReadEnd : SmicOperation.ReadStart, byte);",
      rules: ["SMIC-27"],
    },
    {
      name: "bmc-smic-write-end-as-next",
      from: "    this.#answer(operation, this._error);",
      to: "    this.#answer(SmicOperation.WriteNext, this._error);",
      rules: ["SMIC-27", "SMIC-33"],
    },
    {
      name: "bmc-smic-read-end-not-ready",
      from: "        this._state = State.Ready;\n        return this.#ready(stream, SmicError.None);",
      to: "        this._state = State.Ready;\n        return this.#answer(SmicOperation.ReadEnd, 0);",
      rules: ["SMIC-27"],
    },
    {
      name: "bmc-smic-write-start-refused-while-executing",
      from: "    if (operation === SmicOperation.WriteStart) return this.#writeStart(stream);",
      to: "    if (operation === SmicOperation.WriteStart && this._state !== State.Executing) return this.#writeStart(stream);",
      rules: ["SMIC-22"],
    },
    {
      name: "bmc-smic-error-stays",
      from: "    this._error = SmicError.None;\n    this._broken = SmicError.None;\n    this._request[0]",
      to: "    this._request[0]",
      rules: ["SMIC-33", "SMIC-27", "GEN-16"],
    },
    {
      name: "bmc-smic-flags-drop-attention",
      from: "this._controller.updateFlags(SmicFlag.TxDataRdy | SmicFlag.RxDataRdy, ready);",
      to: "this._controller.updateFlags(SmicFlag.TxDataRdy | SmicFlag.RxDataRdy | SmicFlag.SmsAtn, ready);",
      rules: ["SMIC-25"],
    },
    {
      name: "bmc-smic-abort-says-no-error",
      from: "this.#end(awaited ? SmicError.NoResponse : SmicError.Aborted);",
      to: "this.#end(SmicError.None);",
      rules: ["SMIC-27", "SMIC-31"],
    },
    {
      name: "bmc-smic-attention-in-the-event-flag",
      from: "attention ? SmicFlag.SmsAtn : 0",
      to: "attention ? SmicFlag.EvtAtn : 0",
      rules: ["SMIC-25"],
    },
    {
      name: "bmc-smic-response-bytes-lose-a-bit",
      from: "const byte = this._response[this._sent++] ?? 0;",
      to: "const byte = (this._response[this._sent++] ?? 0) & 0x7f;",
      rules: ["GEN-15"],
    },
    {
      name: "bmc-smic-every-other-byte",
      from: "    if (last) this._state = State.ReadLast;",
      to: "    if (last) this._state = State.ReadLast;\n    else if (this._sent === 3) this._sent++;",
      rules: ["GEN-15", "SMIC-32"],
    },
    {
      name: "bmc-smic-read-last-takes-read-next",
      from: "        return this._state === State.Reading && this._sent > 0;",
      to: "        return this._state === State.Reading && this._sent > 1;",
      rules: ["SMIC-27"],
    },
    {
      name: "bmc-smic-busy-cleared-before-reading",
      from: "    const code = this._controller.readControl();\n    const stream",
      to: "    this._controller.clearBusy();\n    const code = this._controller.readControl();\n    const stream",
      rules: ["SMIC-20"],
    },
  ]),
];
