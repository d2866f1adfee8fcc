import { bugsIn } from "../bug.ts";

/** What can go wrong in a driver of SSIF. */
export const HOST_SSIF = [
  ...bugsIn({ party: "host", file: "host/interfaces/ssif/ssif.ts", interfaces: ["ssif"] }, [
    {
      name: "host-ssif-end-and-middle-swapped",
      from: "return last ? SsifCommand.WriteEnd : SsifCommand.WriteMiddle;",
      to: "return last ? SsifCommand.WriteMiddle : SsifCommand.WriteEnd;",
      rules: ["SSIF-02", "SSIF-03", "SSIF-11", "SSIF-06"],
    },
    {
      name: "host-ssif-first-part-short",
      from: "this._written += Math.min(left, BLOCK_BYTES_MAX);",
      to: "this._written += Math.min(left, left > BLOCK_BYTES_MAX ? BLOCK_BYTES_MAX - 1 : left);",
      rules: ["SSIF-02", "SSIF-03"],
    },
    {
      name: "host-ssif-full-block-begins-more",
      from: "  const last = left <= BLOCK_BYTES_MAX;",
      to: "  const last = left < BLOCK_BYTES_MAX;",
      rules: ["SSIF-16", "SSIF-02"],
    },
    {
      name: "host-ssif-goes-on-after-a-failed-part",
      from: "        this._written = 0;\n        return this.#writePart();",
      to: "        this._written -= Math.min(this._written, BLOCK_BYTES_MAX);\n        return this.#writePart();",
      rules: ["SSIF-06", "SSIF-11"],
    },
    {
      name: "host-ssif-longer-than-told",
      from: "if (request.length > this._capabilities.requestBytesMax) return",
      to: "if (request.length > MESSAGE_MAX) return",
      rules: ["SSIF-05"],
    },
    {
      name: "host-ssif-block-numbers-not-looked-at",
      from: "const whole = number === this._blockNumber && data",
      to: "const whole = data",
      rules: ["STACK-18", "STACK-09"],
    },
    {
      name: "host-ssif-number-among-the-data",
      from: "    this.#store(data.subarray(1));",
      to: "    this.#store(data);",
      rules: ["STACK-18", "STACK-09"],
    },
    {
      name: "host-ssif-mark-among-the-data",
      from: "    this.#store(data.subarray(MULTI_PART_MARK.length));",
      to: "    this.#store(data);",
      rules: ["STACK-18", "STACK-09"],
    },
    {
      name: "host-ssif-two-blocks-are-enough",
      from: "    if (last) return this.#whole(nowUs);",
      to: "    if (last || this._blockNumber === 0) return this.#whole(nowUs);",
      rules: ["STACK-18", "STACK-09", "SSIF-01"],
    },
    {
      name: "host-ssif-each-block-is-the-first",
      from: "    this._blockNumber++;\n    return this.#readBlock(SsifCommand.ReadMiddle);",
      to: "    this._blockNumber++;\n    return this.#readBlock(SsifCommand.ReadStart);",
      rules: ["SSIF-14", "SSIF-01", "STACK-16"],
    },
    {
      name: "host-ssif-first-block-is-all",
      from: "    this._blockNumber = 0;\n    return this.#readBlock(SsifCommand.ReadMiddle);",
      to: "    return this.#whole(nowUs);",
      rules: ["SSIF-01", "SSIF-13"],
    },
    {
      name: "host-ssif-foreign-response-taken",
      from: "if (!belongs && this._badResponses < this._timing.badResponsesMax) return this.#bad(nowUs);",
      to: "if (!belongs && this._badResponses > this._timing.badResponsesMax) return this.#bad(nowUs);",
      rules: ["STACK-04"],
    },
    {
      name: "host-ssif-old-bytes-in-front",
      from: "      this._response.clear();\n",
      to: "",
      rules: ["STACK-18", "STACK-09"],
    },
    {
      name: "host-ssif-gives-up-writing-soon",
      from: "if (tried >= writeRetriesMin && nowUs >= this._deadlineUs) {",
      to: "if (tried >= 0) {",
      rules: ["SSIF-07", "STACK-14", "STACK-16"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/ssif/capabilities.ts", interfaces: ["ssif"] }, [
    {
      name: "host-ssif-codes-before-they-are-known",
      from: "requestBytesMax: BLOCK_BYTES_MAX, usesPec: false }",
      to: "requestBytesMax: BLOCK_BYTES_MAX, usesPec: true }",
      rules: ["SSIF-08"],
    },
    {
      name: "host-ssif-parts-for-everybody",
      from: "      return { requestBytesMax: BLOCK_BYTES_MAX, usesPec };",
      to: "      return { requestBytesMax: SSIF_MESSAGE_MAX, usesPec };",
      rules: ["SSIF-05"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/ssif/smbus-block.ts", interfaces: ["ssif"] }, [
    {
      name: "host-ssif-code-without-the-count",
      from: "this.#sent(this.#write(this._count), State.Data)",
      to: "this.#sent(this._bus.write(this._count), State.Data)",
      rules: ["SSIF-10"],
    },
    {
      name: "host-ssif-count-one-too-high",
      from: "this.#sent(this.#write(this._count), State.Data)",
      to: "this.#sent(this.#write(this._count + 1), State.Data)",
      rules: ["SSIF-10"],
    },
    {
      name: "host-ssif-wrong-codes-taken",
      from: "byte === expected ? Progress.Done : Progress.BadPec",
      to: "byte === expected ? Progress.Done : Progress.Done",
      rules: ["SSIF-12", "STACK-18", "STACK-09"],
    },
    {
      name: "host-ssif-last-byte-not-sent",
      from: "if (this._moved < this._count) return this.#sent(bus, State.Data);",
      to: "if (this._moved < this._count - (this._count > 2 ? 1 : 0)) return this.#sent(bus, State.Data);",
      rules: ["SSIF-10", "STACK-17"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/ssif/attention.ts", interfaces: ["ssif"] }, [
    {
      name: "host-ssif-attention-not-looked-at",
      from: "    return this._level || nowUs >= this._flagsDueUs;",
      to: "    return nowUs < 0;",
      rules: ["SSIF-12", "STACK-32"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/ssif/timing.ts", interfaces: ["ssif"] }, [
    {
      name: "host-ssif-flags-hardly-asked-for",
      from: "attentionUs: 100 * MILLISECOND_US",
      to: "attentionUs: 100 * SECOND_US",
      rules: ["STACK-32"],
    },
    {
      name: "host-ssif-reads-again-at-once",
      from: "readRetryUs: 60 * MILLISECOND_US",
      to: "readRetryUs: 60",
      rules: ["SSIF-07"],
    },
    {
      name: "host-ssif-writes-again-at-once",
      from: "writeRetryUs: 60 * MILLISECOND_US",
      to: "writeRetryUs: 60",
      rules: ["SSIF-07"],
    },
    {
      name: "host-ssif-gives-up-soon",
      from: "outputTimeoutUs: 5 * SECOND_US",
      to: "outputTimeoutUs: 5 * MILLISECOND_US",
      rules: ["SSIF-01", "STACK-14"],
    },
  ]),
];
