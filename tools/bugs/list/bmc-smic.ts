import { bugsIn } from "../bug.ts";

/** What can go wrong in a BMC's SMIC. */
export const BMC_SMIC = [
  ...bugsIn({ party: "bmc", file: "bmc/smic/smic.ts", interfaces: ["smic"] }, [
    {
      name: "bmc-smic-busy-falls-first",
      from: "    this._controller.writeStatusCode(code);\n    if (data !== undefined) this._controller.writeData(data);\n    this._controller.clearBusy();",
      to: "    this._controller.clearBusy();\n    this._controller.writeStatusCode(code);\n    if (data !== undefined) this._controller.writeData(data);",
      rules: ["SMIC-20"],
    },
    {
      name: "bmc-smic-data-after-busy",
      from: "    if (data !== undefined) this._controller.writeData(data);\n    this._controller.clearBusy();",
      to: "    this._controller.clearBusy();\n    if (data !== undefined) this._controller.writeData(data);",
      rules: ["SMIC-20"],
    },
    {
      name: "bmc-smic-ready-without-data-ready",
      from: "    this._controller.updateFlags(SmicFlag.RxDataRdy, SmicFlag.RxDataRdy);\n    this.#hand(statusCode(stream",
      to: "    this.#hand(statusCode(stream",
      rules: ["SMIC-23"],
    },
    {
      name: "bmc-smic-data-ready-falls-late",
      from: "    this.#flags(0);\n    if (this.served) this._state = State.Received;\n    else this.#end(SmicError.NoResponse);\n    this.#answer(operation, this._error);",
      to: "    if (this.served) this._state = State.Received;\n    else this.#end(SmicError.NoResponse);\n    this.#answer(operation, this._error);\n    this.#flags(0);",
      rules: ["SMIC-24"],
    },
    {
      name: "bmc-smic-other-stream-told-wrongly",
      from: "if (stream !== this._stream) return this.#refuse(stream, SmicError.Aborted);",
      to: "if (stream !== this._stream) return this.#refuse(stream, SmicError.IllegalControl);",
      rules: ["SMIC-26"],
    },
    {
      name: "bmc-smic-other-stream-served",
      from: "    if (stream !== this._stream) return this.#refuse(stream, SmicError.Aborted);\n",
      to: "",
      rules: ["SMIC-26"],
    },
    {
      name: "bmc-smic-no-read-end-status",
      from: "this.#answer(last ? SmicOperation.ReadEnd : operation, byte);",
      to: "this.#answer(operation, byte);",
      rules: ["SMIC-32"],
    },
    {
      name: "bmc-smic-last-byte-lost",
      from: "const last = this._sent === this._response.length;",
      to: "const last = this._sent === this._response.length - 1;",
      rules: ["SMIC-32", "GEN-15", "MSG-01"],
    },
    {
      name: "bmc-smic-attention-never-shown",
      from: "attention ? SmicFlag.SmsAtn : 0",
      to: "0",
      rules: ["SMIC-25"],
    },
    {
      name: "bmc-smic-attention-stays",
      from: "this._controller.updateFlags(SmicFlag.SmsAtn, attention ? SmicFlag.SmsAtn : 0);",
      to: "if (attention) this._controller.updateFlags(SmicFlag.SmsAtn, SmicFlag.SmsAtn);",
      rules: ["SMIC-25"],
    },
    {
      name: "bmc-smic-old-request-bytes",
      from: "    this._received = 1;\n",
      to: "    this._received = Math.max(this._received, 1);\n",
      rules: ["GEN-14", "GEN-09"],
    },
    {
      name: "bmc-smic-error-code-forgotten",
      from: "this.#hand(statusCode(stream, SmicOperation.GetStatus), error);",
      to: "this.#hand(statusCode(stream, SmicOperation.GetStatus), SmicError.None);",
      rules: ["SMIC-27"],
    },
    {
      name: "bmc-smic-takes-requests-unserved",
      from: "    if (this.served) this._state = State.Received;\n    else this.#end(SmicError.NoResponse);\n",
      to: "    this._state = State.Received;\n",
      rules: ["SMIC-33", "SMIC-31", "SMIC-27", "GEN-02"],
    },
    {
      name: "bmc-smic-small-request-buffer",
      from: "SMIC_REQUEST_BYTES_MAX = 1_000;\nconst",
      to: "SMIC_REQUEST_BYTES_MAX = 32;\nconst",
      rules: ["GEN-09", "SMIC-27"],
    },
    {
      name: "bmc-smic-small-response-buffer",
      from: "SMIC_RESPONSE_BYTES_MAX = 1_000;",
      to: "SMIC_RESPONSE_BYTES_MAX = 32;",
      rules: ["GEN-02", "SMIC-31"],
    },
    {
      name: "bmc-smic-abort-untold",
      from: "    if (awaited) this._controller.updateFlags(SmicFlag.RxDataRdy, SmicFlag.RxDataRdy);\n",
      to: "",
      rules: ["SMIC-31", "GEN-02"],
    },
    {
      name: "bmc-smic-request-without-its-last-byte",
      from: "    this._request[this._received++] = this._controller.readData();\n    if (operation === SmicOperation.WriteNext)",
      to: "    const byte = this._controller.readData();\n    if (operation === SmicOperation.WriteNext || this._received < 2) this._request[this._received++] = byte;\n    if (operation === SmicOperation.WriteNext)",
      rules: ["GEN-14", "GEN-09"],
    },
    {
      name: "bmc-smic-write-end-without-a-code",
      from: "    this.#answer(operation, this._error);",
      to: "    this.#answer(operation);",
      rules: ["SMIC-20", "SMIC-33"],
    },
    {
      name: "bmc-smic-busy-kept-after-an-error",
      from: "    this.#end(error);\n    this.#ready(stream, error);",
      to: "    this.#end(error);\n    if (error === SmicError.None) this.#ready(stream, error);",
      rules: ["SMIC-29"],
    },
  ]),
];
