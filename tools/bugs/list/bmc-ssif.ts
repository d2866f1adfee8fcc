import { bugsIn } from "../bug.ts";

/** What can go wrong in a BMC's SSIF. */
export const BMC_SSIF = [
  ...bugsIn({ party: "bmc", file: "bmc/ssif/ssif.ts", interfaces: ["ssif"] }, [
    {
      name: "bmc-ssif-no-multi-part-mark",
      from: "    this._block.set(MULTI_PART_MARK);\n",
      to: "",
      rules: ["SSIF-21"],
    },
    {
      name: "bmc-ssif-full-block-is-multi-part",
      from: "if (this._response.length <= BLOCK_BYTES_MAX) return this._response;",
      to: "if (this._response.length < BLOCK_BYTES_MAX) return this._response;",
      rules: ["SSIF-31", "SSIF-21"],
    },
    {
      name: "bmc-ssif-blocks-from-one",
      from: "LAST_BLOCK : number + this.manners.firstBlock;",
      to: "LAST_BLOCK : number + 1;",
      rules: ["SSIF-22"],
    },
    {
      name: "bmc-ssif-no-last-block",
      from: "this._block[0] = isLast ? LAST_BLOCK : number + this.manners.firstBlock;",
      to: "this._block[0] = number + this.manners.firstBlock;",
      rules: ["SSIF-22"],
    },
    {
      name: "bmc-ssif-same-block-again",
      from: "    if (command === SsifCommand.ReadMiddle) this._next++;\n",
      to: "",
      rules: ["SSIF-22"],
    },
    {
      name: "bmc-ssif-old-response-read",
      from: "      case SsifCommand.ReadStart:\n        return this.#hasResponse;",
      to: "      case SsifCommand.ReadStart:\n        return true;",
      rules: ["SSIF-30", "SSIF-20"],
    },
    {
      name: "bmc-ssif-alert-without-leave",
      from: "if (this._alertsResponses) this._alert.setResponse(true);",
      to: "this._alert.setResponse(true);",
      rules: ["SSIF-33"],
    },
    {
      name: "bmc-ssif-no-alert-for-responses",
      from: "if (this._alertsResponses) this._alert.setResponse(true);",
      to: "if (!this._alertsResponses) this._alert.setResponse(false);",
      rules: ["SSIF-26"],
    },
    {
      name: "bmc-ssif-no-alert-for-attention",
      from: "    if (interrupt) this._alert.setAttention(true);\n    else if",
      to: "    if",
      rules: ["SSIF-35", "SSIF-26"],
    },
    {
      name: "bmc-ssif-response-gone-half-way",
      from: "    if (command === SsifCommand.ReadMiddle) this._next++;\n",
      to: "    if (command === SsifCommand.ReadMiddle) this._next++;\n    else if (this._next === 0) this._state = State.Idle;\n",
      rules: ["SSIF-25"],
    },
    {
      name: "bmc-ssif-longest-request-refused",
      from: "return this._received + count <= this._limits.inputBytesMax;",
      to: "return this._received + count < this._limits.inputBytesMax;",
      rules: ["SSIF-34", "SSIF-27", "SSIF-24"],
    },
    {
      name: "bmc-ssif-block-a-byte-short",
      from: "this._response.subarray(from, from + BLOCK_DATA);",
      to: "this._response.subarray(from, from + BLOCK_DATA - 1);",
      rules: ["SSIF-22"],
    },
    {
      name: "bmc-ssif-first-block-a-byte-short",
      from: "this._response.subarray(0, FIRST_BLOCK_DATA)",
      to: "this._response.subarray(0, FIRST_BLOCK_DATA - 1)",
      rules: ["SSIF-21", "GEN-15", "MSG-01"],
    },
    {
      name: "bmc-ssif-request-without-its-last-byte",
      from: "return this._request.subarray(0, this._received);",
      to: "return this._request.subarray(0, Math.max(this._received - 1, 2));",
      rules: ["GEN-14", "SSIF-23", "GEN-09"],
    },
    {
      name: "bmc-ssif-empty-block-instead-of-no",
      from: "        return this.#hasResponse;\n",
      to: "        if (!this.#hasResponse) this._response = new Uint8Array(0);\n        return true;\n",
      rules: ["SSIF-20"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/ssif/block-slave.ts", interfaces: ["ssif"] }, [
    {
      name: "bmc-ssif-code-without-the-read-address",
      from: "    this._pec = pec(this._pec, this._writeAddress | READ_BIT);\n",
      to: "",
      rules: ["SSIF-28"],
    },
    {
      name: "bmc-ssif-code-not-checked",
      from: "|| value !== before) return",
      to: "|| value === -1) return",
      rules: ["SSIF-23", "GEN-14"],
    },
    {
      name: "bmc-ssif-short-response-is-ones",
      from: "    this._block = block;",
      to: "    this._block = block.length > 3 ? block : new Uint8Array(0);",
      rules: ["GEN-15", "GEN-01"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/ssif/alert.ts", interfaces: ["ssif"] }, [
    {
      name: "bmc-ssif-alert-pulled-on",
      from: "  taken(): void {\n    this._owed = this._response && this._attention;\n    this._response = false;\n    this._attention = false;\n  }",
      to: "  taken(): void {\n    this.#update();\n  }",
      rules: ["SSIF-26"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/app/channel.ts", interfaces: ["ssif"] }, [
    {
      name: "bmc-ssif-tells-less-than-it-does",
      from: "{ ...common, ...ssif, outputBytesMax }",
      to: "{ ...common, ...NOT_SSIF, outputBytesMax }",
      rules: ["SSIF-32", "SSIF-27"],
    },
  ]),
];
