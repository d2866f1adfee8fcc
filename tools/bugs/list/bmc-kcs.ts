import { bugsIn } from "../bug.ts";

/** What can go wrong in a BMC's KCS. */
export const BMC_KCS = bugsIn({ party: "bmc", file: "bmc/kcs/kcs.ts", interfaces: ["kcs"] }, [
  {
    name: "bmc-kcs-idle-after-reset",
    from: "updateStatus(Status.State | Status.SmsAtn, Phase.Error << 6)",
    to: "updateStatus(Status.State | Status.SmsAtn, Phase.Idle << 6)",
    rules: ["KCS-20"],
  },
  {
    name: "bmc-kcs-code-read-before-write-state",
    from: "    this.#phase(Phase.Write);\n    const code = this._controller.readInput();\n",
    to: "    const code = this._controller.readInput();\n    this.#phase(Phase.Write);\n",
    rules: ["KCS-21"],
  },
  {
    name: "bmc-kcs-last-byte-read-before-read-state",
    from: "        this.#phase(Phase.Read);\n        if (!this.#store()) return;\n",
    to: "        if (!this.#store()) return;\n        this.#phase(Phase.Read);\n",
    rules: ["KCS-24"],
  },
  {
    name: "bmc-kcs-stays-in-read",
    from: "    if (next === undefined) this.#phase(Phase.Idle);\n",
    to: "",
    rules: ["KCS-25"],
  },
  {
    name: "bmc-kcs-no-dummy-at-the-end",
    from: "    if (next === undefined) return this.#enter(State.Idle);\n",
    to: "    if (next === undefined) {\n      this._state = State.Idle;\n      return;\n    }\n",
    rules: ["KCS-25"],
  },
  {
    name: "bmc-kcs-error-without-a-byte",
    from: "    this._ticket++;\n    this._controller.writeOutput(0);",
    to: "    this._ticket++;",
    rules: ["KCS-26"],
  },
  {
    name: "bmc-kcs-aborts-into-idle",
    from: '    this.#fail(StatusCode.Aborted, isControlCode ? "stays" : "taken");',
    to: "    this._ticket++;\n    this.#phase(Phase.Idle);\n    this.#enter(State.Idle, isControlCode);",
    rules: ["KCS-27"],
  },
  {
    name: "bmc-kcs-abort-ends-in-error",
    from: "  #abortEnds(): void {\n    this.#phase(Phase.Idle);",
    to: "  #abortEnds(): void {\n    this.#phase(Phase.Error);",
    rules: ["KCS-23"],
  },
  {
    name: "bmc-kcs-status-code-forgotten",
    from: "this._controller.writeOutput(this._error);",
    to: "this._controller.writeOutput(StatusCode.NoError);",
    rules: ["KCS-30"],
  },
  {
    name: "bmc-kcs-zero-of-the-abort-not-taken",
    from: "        this.#phase(Phase.Read);\n        this._controller.readInput();\n",
    to: "        this.#phase(Phase.Read);\n",
    rules: ["KCS-35"],
  },
  {
    name: "bmc-kcs-small-response-buffer",
    from: "KCS_RESPONSE_BYTES_MAX = 1_000;",
    to: "KCS_RESPONSE_BYTES_MAX = 32;",
    rules: ["KCS-32", "GEN-02"],
  },
  {
    name: "bmc-kcs-response-without-its-last-byte",
    from: "const next = this._response[this._sent];",
    to: "const next = this._response.subarray(0, -1)[this._sent];",
    rules: ["GEN-15", "MSG-01"],
  },
  {
    name: "bmc-kcs-first-byte-twice",
    from: "    this._sent = 1;",
    to: "    this._sent = 0;",
    rules: ["GEN-15", "GEN-01", "MSG-01"],
  },
  {
    name: "bmc-kcs-attention-never-shown",
    from: "attention ? Status.SmsAtn : 0",
    to: "0",
    rules: ["KCS-40"],
  },
  {
    name: "bmc-kcs-attention-stays",
    from: "this._controller.updateStatus(Status.SmsAtn, attention ? Status.SmsAtn : 0);",
    to: "if (attention) this._controller.updateStatus(Status.SmsAtn, Status.SmsAtn);",
    rules: ["KCS-42"],
  },
  {
    name: "bmc-kcs-attention-only-with-interrupt",
    from: "attention ? Status.SmsAtn : 0",
    to: "attention && interrupt ? Status.SmsAtn : 0",
    rules: ["KCS-40", "KCS-41"],
  },
  {
    name: "bmc-kcs-old-request-bytes-in-front",
    from: "        this._received = 0;\n        this._error",
    to: "        this._error",
    rules: ["GEN-14", "GEN-09"],
  },
  {
    name: "bmc-kcs-request-without-its-last-byte",
    from: "this._request.subarray(0, this._received)",
    to: "this._request.subarray(0, Math.max(this._received - 1, 2))",
    rules: ["GEN-14", "GEN-09"],
  },
  {
    name: "bmc-kcs-no-dummy-bytes",
    from: "    this._state = state;\n    this._controller.writeOutput(0);",
    to: "    this._state = state;",
    rules: ["KCS-25", "KCS-49", "KCS-50"],
  },
  {
    name: "bmc-kcs-output-before-read-state",
    from: "        this.#phase(Phase.Read);\n        if (!this.#store()) return;\n        this._state = State.Received;",
    to: "        if (!this.#store()) return;\n        this._state = State.Received;",
    rules: ["KCS-24", "KCS-31"],
  },
]);
