import { bugsIn } from "../bug.ts";

/** More that can go wrong on SSIF, on either side. */
export const ON_SSIF = [
  ...bugsIn({ party: "host", file: "host/interfaces/ssif/ssif.ts", interfaces: ["ssif"] }, [
    {
      name: "host-ssif-asks-for-a-middle-first",
      from: "        return this.#readBlock(SsifCommand.ReadStart);\n      case",
      to: "        return this.#readBlock(SsifCommand.ReadMiddle);\n      case",
      rules: ["SSIF-15", "SSIF-09"],
    },
    {
      name: "host-ssif-first-block-without-a-byte",
      from: "this.#store(data.subarray(MULTI_PART_MARK.length));",
      to: "this.#store(data.subarray(MULTI_PART_MARK.length + 1));",
      rules: ["STACK-18"],
    },
    {
      name: "host-ssif-last-block-without-its-end",
      from: "    this.#store(data.subarray(1));\n    if (last)",
      to: "    this.#store(last ? data.subarray(1, data.length - 1) : data.subarray(1));\n    if (last)",
      rules: ["STACK-18", "STACK-09"],
    },
    {
      name: "host-ssif-blocks-counted-from-one",
      from: "    this._blockNumber = 0;\n    return",
      to: "    this._blockNumber = 1;\n    return",
      rules: ["SSIF-14", "STACK-16"],
    },
    {
      name: "host-ssif-middle-for-the-end",
      from: "return last ? SsifCommand.WriteEnd : SsifCommand.WriteMiddle;",
      to: "return SsifCommand.WriteMiddle;",
      rules: ["SSIF-03", "SSIF-06", "SSIF-02"],
    },
    {
      name: "host-ssif-end-for-the-middle",
      from: "return last ? SsifCommand.WriteEnd : SsifCommand.WriteMiddle;",
      to: "return SsifCommand.WriteEnd;",
      rules: ["SSIF-03", "STACK-17", "SSIF-06", "SSIF-11"],
    },
    {
      name: "host-ssif-start-for-each-part",
      from: "  if (from === 0) return last ? SsifCommand.SinglePartWrite : SsifCommand.WriteStart;\n",
      to: "  if (from === 0 || !last) return last ? SsifCommand.SinglePartWrite : SsifCommand.WriteStart;\n",
      rules: ["SSIF-06", "SSIF-02", "STACK-17"],
    },
    {
      name: "host-ssif-single-parts-only",
      from: "  if (from === 0) return last ? SsifCommand.SinglePartWrite : SsifCommand.WriteStart;\n",
      to: "  if (from >= 0) return SsifCommand.SinglePartWrite;\n",
      rules: ["SSIF-02", "SSIF-01", "STACK-17"],
    },
    {
      name: "host-ssif-silent-command-sent-again",
      from: "if (this._again === Again.Never || !left || !inTime) {",
      to: "if (!left || !inTime) {",
      rules: ["STACK-15"],
    },
    {
      name: "host-ssif-gives-up-on-a-busy-bmc",
      from: "      case Progress.Nack:\n        if",
      to: "      case Progress.Nack:\n        if (nowUs >= this._deadlineUs - 4_800_000) return this.#fail(Failure.NoOutput);\n        if",
      rules: ["SSIF-01", "STACK-14", "STACK-16"],
    },
  ]),
  ...bugsIn(
    { party: "host", file: "host/interfaces/ssif/capabilities.ts", interfaces: ["ssif"] },
    [],
  ),
  ...bugsIn({ party: "host", file: "host/interfaces/ssif/smbus-block.ts", interfaces: ["ssif"] }, [
    {
      name: "host-ssif-code-not-begun-anew",
      from: "    this._pec = 0;\n    this._state = State.Start;",
      to: "    this._state = State.Start;",
      rules: ["SSIF-10"],
    },
    {
      name: "host-ssif-code-without-the-command",
      from: "this.#sent(this.#write(this._command), State.Count)",
      to: "this.#sent(this._bus.write(this._command), State.Count)",
      rules: ["SSIF-10"],
    },
    {
      name: "host-ssif-no-stop",
      from: "    return this._bus.stop() === Bus.TimedOut ? Progress.TimedOut : Progress.Done;",
      to: "    return Progress.Done;",
      rules: ["SSIF-17", "SSIF-10"],
    },
    {
      name: "host-ssif-no-stop-after-a-read",
      from: "    this._state = State.Idle;\n    this._bus.stop();\n    return progress;",
      to: "    this._state = State.Idle;\n    if (progress !== Progress.Done) this._bus.stop();\n    return progress;",
      rules: ["SSIF-17", "SSIF-10"],
    },
    {
      name: "host-ssif-last-byte-acknowledged",
      from: "    const byte = this.#take(!last || this._usesPec);",
      to: "    const byte = this.#take(true);",
      rules: ["SSIF-17"],
    },
    {
      name: "host-ssif-reads-one-too-many",
      from: "    const last = this._moved === this._count - 1;",
      to: "    const last = this._moved === Math.min(this._count, BLOCK_BYTES_MAX - 1);",
      rules: ["SSIF-17"],
    },
    {
      name: "host-ssif-count-of-the-block-before",
      from: "    this._bytes.set(bytes);\n    this._count = bytes.length;",
      to: "    this._bytes.set(bytes);\n    this._count = Math.max(bytes.length, Math.min(this._count, 3));",
      rules: ["STACK-17", "SSIF-10"],
    },
    {
      name: "host-ssif-read-without-repeated-start",
      from: "    const bus = this.#start(this._writeAddress | READ_BIT);",
      to: "    this._bus.stop();\n    const bus = this.#start(this._writeAddress | READ_BIT);",
      rules: ["SSIF-17"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/ssif/attention.ts", interfaces: ["ssif"] }, []),
  ...bugsIn({ party: "host", file: "host/interfaces/ssif/timing.ts", interfaces: ["ssif"] }, [
    {
      name: "host-ssif-input-timeout-in-ms",
      from: "inputTimeoutUs: 5 * SECOND_US",
      to: "inputTimeoutUs: 5 * MILLISECOND_US",
      rules: ["SSIF-07", "STACK-14", "STACK-16"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/ssif/ssif.ts", interfaces: ["ssif"] }, [
    {
      name: "bmc-ssif-further-blocks-refused",
      from: "    this._next = 0;\n    this._block.set(MULTI_PART_MARK);",
      to: "    this._block.set(MULTI_PART_MARK);",
      rules: ["SSIF-25", "SSIF-22"],
    },
    {
      name: "bmc-ssif-never-several-blocks",
      from: "    if (this._response.length <= BLOCK_BYTES_MAX) return this._response;",
      to: "    if (this._response.length > 0) return this._response.subarray(0, BLOCK_BYTES_MAX);",
      rules: ["GEN-15", "SSIF-21"],
    },
    {
      name: "bmc-ssif-last-block-lost",
      from: "return Math.ceil((this._response.length - FIRST_BLOCK_DATA) / BLOCK_DATA);",
      to: "return Math.floor((this._response.length - FIRST_BLOCK_DATA) / BLOCK_DATA);",
      rules: ["GEN-15", "SSIF-25", "SSIF-22"],
    },
    {
      name: "bmc-ssif-blocks-skip-a-byte",
      from: "const from = FIRST_BLOCK_DATA + number * BLOCK_DATA;",
      to: "const from = FIRST_BLOCK_DATA + number * (BLOCK_DATA + 1);",
      rules: ["GEN-15"],
    },
    {
      name: "bmc-ssif-second-part-over-the-first",
      from: "    this._request.set(data, this._received);",
      to: "    this._request.set(data, Math.max(this._received - 1, 0));",
      rules: ["GEN-14"],
    },
    {
      name: "bmc-ssif-abort-untold",
      from: "        return this.#refuse(Cc.ResponseUnavailable);\n    }\n  }",
      to: "        return this.#drop();\n    }\n  }",
      rules: ["GEN-02"],
    },
    {
      name: "bmc-ssif-ends-must-be-full",
      from: "      case SsifCommand.WriteMiddle:\n      case SsifCommand.WriteEnd:\n        return this.#fits(count);",
      to: "      case SsifCommand.WriteMiddle:\n      case SsifCommand.WriteEnd:\n        return count === BLOCK_BYTES_MAX && this.#fits(count);",
      rules: ["SSIF-34", "SSIF-24"],
    },
    {
      name: "bmc-ssif-middles-refused",
      from: "      case SsifCommand.WriteMiddle:\n      case SsifCommand.WriteEnd:\n        return this.#fits(count);",
      to: "      case SsifCommand.WriteMiddle:\n        return false;\n      case SsifCommand.WriteEnd:\n        return this.#fits(count);",
      rules: ["SSIF-24", "SSIF-27", "SSIF-34"],
    },
    {
      name: "bmc-ssif-short-last-block",
      from: "    this._block.set(data, 1);\n    return this._block.subarray(0, 1 + data.length);",
      to: "    this._block.set(data, 1);\n    return this._block.subarray(0, isLast ? data.length : 1 + data.length);",
      rules: ["GEN-15"],
    },
    {
      name: "bmc-ssif-response-before-the-request-is-read",
      from: "  markRead(): void {\n    if (this._state === State.Received) this._state = State.Executing;",
      to: "  markRead(): void {\n    if (this._state === State.Received) this._state = this._response.length > 0 ? State.Responding : State.Executing;",
      rules: ["SSIF-20", "SSIF-30"],
    },
    {
      name: "bmc-ssif-start-refused-within-a-request",
      from: "      case SsifCommand.SinglePartWrite:\n      case SsifCommand.WriteStart:\n        this.#begin();",
      to: "      case SsifCommand.SinglePartWrite:\n      case SsifCommand.WriteStart:\n        if (this._state === State.Writing) return false;\n        this.#begin();",
      rules: ["SSIF-24", "SSIF-34"],
    },
    {
      name: "bmc-ssif-new-request-refused-while-responding",
      from: "      case SsifCommand.WriteStart:\n        this.#begin();\n        return true;",
      to: "      case SsifCommand.WriteStart:\n        if (this._state === State.Executing) return false;\n        this.#begin();\n        return true;",
      rules: ["SSIF-24"],
    },
    {
      name: "bmc-ssif-middle-full-is-the-end",
      from: "      (command === SsifCommand.WriteMiddle && data.length === BLOCK_BYTES_MAX);",
      to: "      (command === SsifCommand.WriteMiddle && data.length < BLOCK_BYTES_MAX);",
      rules: ["GEN-14", "SSIF-23"],
    },
    {
      name: "bmc-ssif-begin-keeps-the-length",
      from: "    this.#drop();\n    this._received = kept;",
      to: "    const before = this._received;\n    this.#drop();\n    this._received = before > 32 ? before : kept;",
      rules: ["GEN-14"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/ssif/block-slave.ts", interfaces: ["ssif"] }, [
    {
      name: "bmc-ssif-no-code-given",
      from: "return this._hasPec && this._moved === this._count + 1 ? this._pec : NOTHING;",
      to: "return NOTHING;",
      rules: ["SSIF-28"],
    },
    {
      name: "bmc-ssif-code-begun-anew-for-reads",
      from: "    this._pec = pec(this._pec, this._writeAddress | READ_BIT);\n",
      to: "    this._pec = pec(0, this._writeAddress | READ_BIT);\n",
      rules: ["SSIF-28"],
    },
    {
      name: "bmc-ssif-count-one-too-high",
      from: "    if (this._moved === 0) return this._count;",
      to: "    if (this._moved === 0) return this._count + 1;",
      rules: ["GEN-15", "SSIF-21", "SSIF-22"],
    },
    {
      name: "bmc-ssif-count-among-the-data",
      from: "this._block[this._moved - 1] ?? NOTHING;",
      to: "this._block[this._moved - (this._moved > 1 ? 2 : 1)] ?? NOTHING;",
      rules: ["GEN-15", "GEN-01"],
    },
    {
      name: "bmc-ssif-thirty-one-bytes-at-most",
      from: "if (value === 0 || value > BLOCK_BYTES_MAX) return this.#refuse();",
      to: "if (value === 0 || value >= BLOCK_BYTES_MAX) return this.#refuse();",
      rules: ["SSIF-24", "SSIF-34"],
    },
    {
      name: "bmc-ssif-code-taken-for-data",
      from: "        if (!this._hasPec || this._moved > this._count || value !== before) return this.#refuse();",
      to: "        if (this._moved > this._count || value !== before) return this.#refuse();\n        this._bytes[this._count] = value;\n        this._count++;",
      rules: ["GEN-14"],
    },
    {
      name: "bmc-ssif-codes-refused",
      from: "        if (!this._hasPec || this._moved",
      to: "        if (this._hasPec || this._moved",
      rules: ["SSIF-34", "SSIF-24"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/app/channel.ts", interfaces: ["ssif"] }, [
    {
      name: "bmc-ssif-says-64-bytes-out",
      from: "{ ...common, ...ssif, outputBytesMax }",
      to: "{ ...common, ...ssif, outputBytesMax: 64 }",
      rules: ["SSIF-32"],
    },
    {
      name: "bmc-ssif-says-start-and-end",
      from: "{ ...common, ...ssif, outputBytesMax }",
      to: "{ ...common, ...ssif, transactions: systemInterface.SsifTransactions.StartAndEnd, outputBytesMax }",
      rules: ["SSIF-32"],
    },
  ]),
];
