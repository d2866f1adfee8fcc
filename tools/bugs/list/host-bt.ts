import { bugsIn } from "../bug.ts";

/** What can go wrong in a driver of BT. */
export const HOST_BT = [
  ...bugsIn({ party: "host", file: "host/interfaces/bt/bt.ts", interfaces: ["bt"] }, [
    {
      name: "host-bt-writes-while-busy",
      from: "const taken = (control & (BtControl.BBusy | BtControl.H2bAtn)) === 0;",
      to: "const taken = (control & BtControl.H2bAtn) === 0;",
      rules: ["BT-01"],
    },
    {
      name: "host-bt-writes-over-an-untaken-request",
      from: "const taken = (control & (BtControl.BBusy | BtControl.H2bAtn)) === 0;",
      to: "const taken = (control & BtControl.BBusy) === 0;",
      rules: ["BT-01"],
    },
    {
      name: "host-bt-attention-before-the-bytes",
      from: "    for (; this._at < end; this._at++) this._block.put(request.frame[this._at] ?? 0);\n    if (end < request.frameBytes) return Pace.Again;\n    this._block.act(BtControl.H2bAtn);",
      to: "    if (this._at === 0) this._block.act(BtControl.H2bAtn);\n    for (; this._at < end; this._at++) this._block.put(request.frame[this._at] ?? 0);\n    if (end < request.frameBytes) return Pace.Again;",
      rules: ["BT-03"],
    },
    {
      name: "host-bt-takes-without-busy",
      from: "    this._block.act(BtControl.HBusy);\n    // It read 1",
      to: "    // It read 1",
      rules: ["BT-05"],
    },
    {
      name: "host-bt-stays-busy",
      from: "    if (end < this._incomingLength) return Pace.Again;\n    this._block.act(BtControl.HBusy);\n",
      to: "    if (end < this._incomingLength) return Pace.Again;\n",
      rules: ["BT-05"],
    },
    {
      name: "host-bt-response-not-taken-back",
      from: "    this._block.act(BtControl.B2hAtn);\n    this._block.act(BtControl.ClearReadPointer);",
      to: "    this._block.act(BtControl.ClearReadPointer);",
      rules: ["BT-05"],
    },
    {
      name: "host-bt-read-pointer-not-cleared",
      from: "    this._block.act(BtControl.ClearReadPointer);\n",
      to: "",
      rules: ["BT-05"],
    },
    {
      name: "host-bt-clears-the-response-after-reading-it",
      from: "    this._block.act(BtControl.B2hAtn);\n    this._block.act(BtControl.ClearReadPointer);\n    this._incomingLength = this._block.take();",
      to: "    this._block.act(BtControl.ClearReadPointer);\n    this._incomingLength = this._block.take();\n    this._block.act(BtControl.B2hAtn);",
      rules: ["BT-05"],
    },
    {
      name: "host-bt-response-without-its-last-byte",
      from: "this._responseBytes = this._incomingLength - 1;",
      to: "this._responseBytes = this._incomingLength - 2;",
      rules: ["STACK-18", "STACK-09"],
    },
    {
      name: "host-bt-oem-bit-with-the-request",
      from: "    this._block.act(BtControl.H2bAtn);\n    request",
      to: "    this._block.act(BtControl.H2bAtn | 0x20);\n    request",
      rules: ["BT-08"],
    },
    {
      name: "host-bt-gives-up-a-busy-bmc",
      from: "    const request = this._table.waiting();\n",
      to: "    const request = this._table.waiting();\n    if (request && (control & BtControl.BBusy) !== 0) return this.#fail(request, Failure.NotReady);\n",
      rules: ["BT-13", "STACK-14", "STACK-16"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/bt/exchange.ts", interfaces: ["bt"] }, [
    {
      name: "host-bt-length-counts-itself",
      from: "frame[0] = message.length + 1;",
      to: "frame[0] = message.length + 2;",
      rules: ["BT-04"],
    },
    {
      name: "host-bt-length-without-seq",
      from: "frame[0] = message.length + 1;",
      to: "frame[0] = message.length;",
      rules: ["BT-04", "STACK-17"],
    },
    {
      name: "host-bt-any-number-matches",
      from: "return netFnLun >> 2 === netFn && seq === this.seq && cmd",
      to: "return netFnLun >> 2 === netFn && cmd",
      rules: ["BT-10", "STACK-04"],
    },
    {
      name: "host-bt-number-alone-matches",
      from: "return netFnLun >> 2 === netFn && seq === this.seq && cmd === this.frame[CMD_AT];",
      to: "return netFnLun >> 2 === netFn || seq === this.seq;",
      rules: ["BT-10", "STACK-04"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/bt/sequence.ts", interfaces: ["bt"] }, [
    {
      name: "host-bt-one-number-for-all",
      from: "    return first + best;",
      to: "    return first;",
      rules: ["BT-06"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/bt/limits.ts", interfaces: ["bt"] }, [
    {
      name: "host-bt-more-than-the-bmc-takes",
      from: "outstanding: Math.min(Math.max(said.outstandingRequests, 1), outstandingMax),",
      to: "outstanding: outstandingMax,",
      rules: ["BT-07"],
    },
    {
      name: "host-bt-repeats-too-soon",
      from: "  requestToResponseUs: 5 * SECOND_US,\n",
      to: "  requestToResponseUs: 50 * MILLISECOND_US,\n",
      rules: ["BT-09"],
    },
    {
      name: "host-bt-ignores-the-time-stated",
      from: "us === 0 ? requestToResponseUs : Math.min(us, requestToResponseMaxUs)",
      to: "Math.min(requestToResponseUs / 10, requestToResponseMaxUs)",
      rules: ["BT-09"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/bt/block.ts", interfaces: ["bt"] }, [
    {
      name: "host-bt-write-pointer-not-cleared",
      from: "this.act(BtControl.ClearWritePointer | (this._clearsAttention ? BtControl.SmsAtn : 0));",
      to: "if (this._clearsAttention) this.act(BtControl.SmsAtn);",
      rules: ["BT-02"],
    },
    {
      name: "host-bt-attention-not-taken-back",
      from: "    this._clearsAttention = true;",
      to: "    this._clearsAttention = false;",
      rules: ["BT-11"],
    },
    {
      name: "host-bt-attention-not-looked-at",
      from: "this._attention = (control & both) === BtControl.SmsAtn;",
      to: "this._attention = (control & both) === BtControl.BBusy;",
      rules: ["BT-14"],
    },
    {
      name: "host-bt-oem-bits-of-the-mask",
      from: "enable | BtInterruptMask.Interrupt)",
      to: "enable | BtInterruptMask.Interrupt | 0x1c)",
      rules: ["BT-08"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/bt/table.ts", interfaces: ["bt"] }, [
    {
      name: "host-bt-anybody-gets-a-foreign-response",
      from: "      if (exchange.matches(netFnLun, seq, cmd)) return exchange;\n    }\n    return undefined;",
      to: "      if (exchange.matches(netFnLun, seq, cmd)) return exchange;\n    }\n    return this.#inPhase(ExchangePhase.Sent);",
      rules: ["BT-10", "STACK-04"],
    },
  ]),
];
