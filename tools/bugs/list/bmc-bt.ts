import { bugsIn } from "../bug.ts";

/** What can go wrong in a BMC's BT. */
export const BMC_BT = [
  ...bugsIn({ party: "bmc", file: "bmc/bt/bt.ts", interfaces: ["bt"] }, [
    {
      name: "bmc-bt-ready-after-reset",
      from: "    this._controller.reset();",
      to: "    this._controller.reset();\n    this._controller.writeControl(BtControl.BBusy);",
      rules: ["BT-20"],
    },
    {
      name: "bmc-bt-takes-before-it-is-busy",
      from: "    this.#setBusy(true);\n    controller.writeControl(BtControl.H2bAtn);",
      to: "    controller.writeControl(BtControl.H2bAtn);\n    this.#setBusy(true);",
      rules: ["BT-21"],
    },
    {
      name: "bmc-bt-never-busy",
      from: "    this.#setBusy(true);\n    controller.write",
      to: "    controller.write",
      rules: ["BT-21"],
    },
    {
      name: "bmc-bt-reads-before-it-takes",
      from: "    controller.writeControl(BtControl.H2bAtn);\n    controller.writeControl(BtControl.ClearReadPointer);\n    const length = controller.readFifo();\n    const frame = new Uint8Array(length);\n    for (let at = 0; at < length; at++) frame[at] = controller.readFifo();",
      to: "    controller.writeControl(BtControl.ClearReadPointer);\n    const length = controller.readFifo();\n    const frame = new Uint8Array(length);\n    for (let at = 0; at < length; at++) frame[at] = controller.readFifo();\n    controller.writeControl(BtControl.H2bAtn);",
      rules: ["BT-21"],
    },
    {
      name: "bmc-bt-request-not-taken-back",
      from: "    controller.writeControl(BtControl.H2bAtn);\n",
      to: "",
      rules: ["BT-21"],
    },
    {
      name: "bmc-bt-read-pointer-not-cleared",
      from: "    controller.writeControl(BtControl.ClearReadPointer);\n",
      to: "",
      rules: ["BT-33", "GEN-14"],
    },
    {
      name: "bmc-bt-writes-over-a-response",
      from: "const busy = BtControl.HBusy | BtControl.B2hAtn;",
      to: "const busy = BtControl.HBusy;",
      rules: ["BT-23"],
    },
    {
      name: "bmc-bt-writes-while-the-host-is-busy",
      from: "const busy = BtControl.HBusy | BtControl.B2hAtn;",
      to: "const busy = BtControl.B2hAtn;",
      rules: ["BT-23"],
    },
    {
      name: "bmc-bt-attention-before-the-response",
      from: "      for (const byte of next.frame) this._controller.writeFifo(byte);\n      this._controller.writeControl(BtControl.B2hAtn);",
      to: "      this._controller.writeControl(BtControl.B2hAtn);\n      for (const byte of next.frame) this._controller.writeFifo(byte);",
      rules: ["BT-24"],
    },
    {
      name: "bmc-bt-length-without-seq",
      from: "frame[0] = response.length + 1;",
      to: "frame[0] = response.length;",
      rules: ["BT-24", "GEN-15", "MSG-01"],
    },
    {
      name: "bmc-bt-length-counts-itself",
      from: "frame[0] = response.length + 1;",
      to: "frame[0] = response.length + 2;",
      rules: ["BT-24"],
    },
    {
      name: "bmc-bt-number-cut",
      from: "frame[2] = request.seq;",
      to: "frame[2] = request.seq & 0x07;",
      rules: ["BT-25"],
    },
    {
      name: "bmc-bt-number-of-the-last-request",
      from: "frame[2] = request.seq;",
      to: "frame[2] = this._requests.open.at(-1)?.seq ?? request.seq;",
      rules: ["BT-25"],
    },
    {
      name: "bmc-bt-answers-after-its-time",
      from: "requestToResponseS * SECOND_US - EXPIRY_MARGIN_US",
      to: "2 * requestToResponseS * SECOND_US",
      rules: ["BT-26"],
    },
    {
      name: "bmc-bt-short-requests-only",
      from: "if (frame.length > this._options.capabilities.inputBytesMax) {",
      to: "if (frame.length > 32) {",
      rules: ["BT-28", "GEN-09"],
    },
    {
      name: "bmc-bt-request-without-its-last-byte",
      from: "request.message = frame.slice(1);",
      to: "request.message = frame.slice(1, Math.max(frame.length - 1, 3));",
      rules: ["GEN-14", "GEN-09"],
    },
    {
      name: "bmc-bt-abort-untold",
      from: "for (const request of this._requests.open) this.#refuse(request, Cc.ResponseUnavailable);",
      to: "this.#drop();",
      rules: ["GEN-02"],
    },
    {
      name: "bmc-bt-busy-toggled-always",
      from: "if (isBusy !== busy) this._controller.writeControl(BtControl.BBusy);",
      to: "if (isBusy || busy) this._controller.writeControl(BtControl.BBusy);",
      rules: ["BT-22", "BT-21"],
    },
    {
      name: "bmc-bt-requests-never-expire",
      from: "    request.expiresUs = nowUs + this._lifeUs;\n",
      to: "    request.expiresUs = nowUs >= 0 ? Number.POSITIVE_INFINITY : this._lifeUs;\n",
      rules: ["BT-26"],
    },
    {
      name: "bmc-bt-write-pointer-not-cleared",
      from: "      this._controller.writeControl(BtControl.ClearWritePointer);\n",
      to: "",
      rules: ["BT-33", "GEN-15", "BT-24"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/bt/device.ts", interfaces: ["bt"] }, [
    {
      name: "bmc-bt-no-attention",
      from: "    if (raises) this",
      to: "    if (raises && _interrupt) this",
      rules: ["BT-30"],
    },
    {
      name: "bmc-bt-attention-without-a-cause",
      from: "const raises = attention && (news || !this._attention);",
      to: "const raises = attention !== this._attention || (attention && news);",
      rules: ["BT-30"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/app/bt-interface.ts", interfaces: ["bt"] }, [
    {
      name: "bmc-bt-no-capabilities",
      from: "systemInterface.bt ?? Cc.InvalidCommand",
      to: "(systemInterface.bt === undefined ? Cc.InvalidCommand : Cc.InvalidCommand)",
      rules: ["BT-27"],
    },
  ]),
];
