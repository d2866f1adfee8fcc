import { bugsIn } from "../bug.ts";

/** More that can go wrong on BT, on either side. */
export const ON_BT = [
  ...bugsIn({ party: "host", file: "host/interfaces/bt/bt.ts", interfaces: ["bt"] }, [
    {
      name: "host-bt-busy-toggled-twice",
      from: "    this._block.act(BtControl.HBusy);\n    // It read 1",
      to: "    this._block.act(BtControl.HBusy);\n    this._block.act(BtControl.HBusy);\n    // It read 1",
      rules: ["BT-05"],
    },
    {
      name: "host-bt-reads-one-too-many",
      from: "    const end = Math.min(this._at + BYTES_PER_STEP, this._incomingLength);\n    for (; this._at < end; this._at++) this._incoming",
      to: "    const end = Math.min(this._at + BYTES_PER_STEP, this._incomingLength + 1);\n    for (; this._at < end; this._at++) this._incoming",
      rules: ["BT-05"],
    },
    {
      name: "host-bt-reads-one-too-few",
      from: "    this._incomingLength = this._block.take();",
      to: "    this._incomingLength = this._block.take() - 1;",
      rules: ["BT-05"],
    },
    {
      name: "host-bt-sends-again-what-must-not",
      from: "    if (exchange.again === Again.Never || late) return",
      to: "    if (late) return",
      rules: ["STACK-15"],
    },
    {
      name: "host-bt-foreign-response-ends-the-transfer",
      from: "    if (exchange !== undefined) return this.#answered(exchange, nowUs);",
      to: "    return this.#answered(exchange ?? this._writing, nowUs);",
      rules: ["BT-10", "STACK-04"],
    },
    {
      name: "host-bt-seq-among-the-data",
      from: "    for (let i = 2; i < this._incomingLength; i++) this._response[i - 1] = this._incoming[i] ?? 0;",
      to: "    for (let i = 1; i < this._incomingLength; i++) this._response[i] = this._incoming[i] ?? 0;",
      rules: ["STACK-18"],
    },
    {
      name: "host-bt-h2b-again-while-waiting",
      from: "    return response ? this.#take(control) : Pace.Later;",
      to: "    if (request === undefined) this._block.act(BtControl.H2bAtn);\n    return response ? this.#take(control) : Pace.Later;",
      rules: ["BT-03", "BT-01"],
    },
    {
      name: "host-bt-clears-no-busy-at-start",
      from: "    if (control === NOBODY) return this.#overdue(control, nowUs) ?? Pace.Later;\n    if",
      to: "    if (control === NOBODY) return this.#overdue(control, nowUs) ?? Pace.Later;\n    if (this._unbusyTries < 1 && this._table.underWay > 1) this._block.act(BtControl.HBusy);\n    if",
      rules: ["BT-05"],
    },
    {
      name: "host-bt-gives-up-what-waits",
      from: "    if (exchange.phase === ExchangePhase.Waiting) return this.#fail(exchange, Failure.NotReady);\n",
      to: "    if (exchange.phase !== ExchangePhase.Held && exchange.retriesLeft === 0) return this.#fail(exchange, Failure.NotReady);\n",
      rules: ["STACK-14", "STACK-16"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/bt/exchange.ts", interfaces: ["bt"] }, [
    {
      name: "host-bt-seq-and-cmd-swapped",
      from: "const SEQ_AT = 2;\nconst CMD_AT = 3;",
      to: "const SEQ_AT = 3;\nconst CMD_AT = 2;",
      rules: ["STACK-17"],
    },
    {
      name: "host-bt-command-not-compared",
      from: "return netFnLun >> 2 === netFn && seq === this.seq && cmd === this.frame[CMD_AT];",
      to: "return netFnLun >> 2 === netFn && seq === this.seq && cmd >= 0;",
      rules: ["BT-10", "STACK-04"],
    },
    {
      name: "host-bt-netfn-not-compared",
      from: "return netFnLun >> 2 === netFn && seq === this.seq && cmd === this.frame[CMD_AT];",
      to: "return netFnLun >> 2 >= (netFn & 1) && seq === this.seq && cmd === this.frame[CMD_AT];",
      rules: ["BT-10", "STACK-04"],
    },
    {
      name: "host-bt-frame-a-byte-short",
      from: "    this.frameBytes = message.length + FRAMING_BYTES;",
      to: "    this.frameBytes = message.length + FRAMING_BYTES - (message.length > 4 ? 1 : 0);",
      rules: ["BT-03", "BT-04", "STACK-17"],
    },
    {
      name: "host-bt-old-frame-bytes",
      from: "for (let i = HEADER_BYTES; i < this.frameBytes; i++)",
      to: "for (let i = HEADER_BYTES; i < this.frameBytes - 1; i++)",
      rules: ["STACK-17"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/bt/limits.ts", interfaces: ["bt"] }, [
    {
      name: "host-bt-time-stated-in-ms",
      from: "const us = said.requestToResponseS * SECOND_US;",
      to: "const us = said.requestToResponseS * MILLISECOND_US;",
      rules: ["BT-09", "STACK-14", "STACK-16"],
    },
    {
      name: "host-bt-one-more-than-the-bmc-takes",
      from: "outstanding: Math.min(Math.max(said.outstandingRequests, 1), outstandingMax),",
      to: "outstanding: Math.min(said.outstandingRequests + 1, outstandingMax),",
      rules: ["BT-07"],
    },
    {
      name: "host-bt-bytes-shifted-by-one",
      from: "    outstanding: Math.min(Math.max(said.outstandingRequests, 1), outstandingMax),",
      to: "    outstanding: Math.min(Math.max(said.inputBytesMax, 1), outstandingMax),",
      rules: ["BT-07"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/bt/block.ts", interfaces: ["bt"] }, [
    {
      name: "host-bt-read-pointer-not-write-pointer",
      from: "this.act(BtControl.ClearWritePointer |",
      to: "this.act(BtControl.ClearReadPointer |",
      rules: ["BT-02"],
    },
    {
      name: "host-bt-interrupt-not-taken-back",
      from: "this._port.write(this._mask, enable | BtInterruptMask.Interrupt);",
      to: "this._port.write(this._mask, enable);",
      rules: ["BT-16"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/bt/bt.ts", interfaces: ["bt"] }, [
    {
      name: "bmc-bt-busy-stays",
      from: "    if (length >= BT_REQUEST_LENGTH_MIN) this.#receive(frame, nowUs);\n    this.#showBusy();\n  }",
      to: "    if (length >= BT_REQUEST_LENGTH_MIN) this.#receive(frame, nowUs);\n    this._ready = false;\n    this.#showBusy();\n  }",
      rules: ["BT-32", "BT-22"],
    },
    {
      name: "bmc-bt-seq-and-cmd-swapped",
      from: "    frame[2] = request.seq;",
      to: "    frame.copyWithin(2, 3, 4);\n    frame[3] = request.seq;",
      rules: ["BT-25"],
    },
    {
      name: "bmc-bt-request-stays-open",
      from: "    request.phase = RequestPhase.Over;\n    const [netFnLun = 0] = response;",
      to: "    const [netFnLun = 0] = response;",
      rules: ["BT-21", "BT-22", "BT-25"],
    },
    {
      name: "bmc-bt-response-lost-while-busy",
      from: "    const next = this._outgoing[0];\n    if (next !== undefined && (this._controller.readControl() & busy) === 0) {\n      this._outgoing.shift();",
      to: "    const next = this._outgoing.shift();\n    if (next !== undefined && (this._controller.readControl() & busy) === 0) {",
      rules: ["GEN-02"],
    },
    {
      name: "bmc-bt-small-response-buffer",
      from: "return response.length + 1 <= this._options.capabilities.outputBytesMax;",
      to: "return response.length + 1 <= 32;",
      rules: ["GEN-02", "BT-28"],
    },
    {
      name: "bmc-bt-b2h-with-the-write-pointer",
      from: "      this._controller.writeControl(BtControl.ClearWritePointer);\n",
      to: "      this._controller.writeControl(BtControl.ClearWritePointer | BtControl.B2hAtn);\n",
      rules: ["BT-24"],
    },
    {
      name: "bmc-bt-read-pointer-of-the-wrong-fifo",
      from: "    controller.writeControl(BtControl.ClearReadPointer);\n",
      to: "    controller.writeControl(BtControl.ClearWritePointer);\n",
      rules: ["BT-33", "GEN-14"],
    },
    {
      name: "bmc-bt-length-of-the-whole-frame",
      from: "frame[0] = response.length + 1;",
      to: "frame[0] = response.length + 1 + (response.length > 16 ? 1 : 0);",
      rules: ["BT-24"],
    },
    {
      name: "bmc-bt-expired-too-soon",
      from: "requestToResponseS * SECOND_US - EXPIRY_MARGIN_US",
      to: "requestToResponseS * (SECOND_US / 1_000) - EXPIRY_MARGIN_US / 1_000",
      rules: ["GEN-02"],
    },
    {
      name: "bmc-bt-attention-with-each-response",
      from: "      this._controller.writeControl(BtControl.B2hAtn);\n    }",
      to: "      this._controller.writeControl(BtControl.B2hAtn | BtControl.SmsAtn);\n    }",
      rules: ["BT-30"],
    },
    {
      name: "bmc-bt-response-of-the-request-before",
      from: "    this._outgoing.push({ tag: request.tag, frame, expiresUs });",
      to: "    this._outgoing.unshift({ tag: request.tag, frame: this._outgoing[0]?.frame ?? frame, expiresUs });",
      rules: ["BT-25"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/bt/device.ts", interfaces: ["bt"] }, [
    {
      name: "bmc-bt-interrupts-never-enabled",
      from: "  enableInterrupt(enabled: boolean): Result<void> {\n    this._controller.enableInterrupt(enabled);",
      to: "  enableInterrupt(enabled: boolean): Result<void> {\n    this._controller.enableInterrupt(enabled && this._attention);",
      rules: ["BT-31"],
    },
    {
      name: "bmc-bt-next-request-forgotten",
      from: "    if (us >= this._taskUs) return;\n",
      to: "    if (us >= this._taskUs || this._machine.owes) return;\n",
      rules: ["BT-21", "GEN-02"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/app/bt-interface.ts", interfaces: ["bt"] }, [
    {
      name: "bmc-bt-no-time-stated",
      from: "systemInterface.bt ?? Cc.InvalidCommand",
      to: "systemInterface.bt === undefined ? Cc.InvalidCommand : { ...systemInterface.bt, requestToResponseS: 0 }",
      rules: ["BT-28"],
    },
    {
      name: "bmc-bt-says-32-bytes",
      from: "systemInterface.bt ?? Cc.InvalidCommand",
      to: "systemInterface.bt === undefined ? Cc.InvalidCommand : { ...systemInterface.bt, inputBytesMax: 32 }",
      rules: ["BT-28"],
    },
  ]),
];
