import { bugsIn } from "../bug.ts";

/** What can go wrong as a host finds its BMC, loses it, and leaves it alone. */
export const HOST_LIVES = [
  ...bugsIn({ party: "host", file: "host/bring-up/bring-up.ts" }, [
    {
      name: "host-up-with-the-gate-closed",
      from: '    this._handler.setGate("open");\n',
      to: "",
      rules: ["STACK-16", "STACK-03"],
    },
    {
      name: "host-up-and-deaf",
      from: "    this._si.setAttentive(true);\n",
      to: "",
      rules: ["STACK-32", "KCS-46", "SSIF-32"],
    },
    {
      name: "host-quiet-for-a-tenth",
      from: "    this.#after(quietUs, () => {",
      to: "    this.#after(quietUs / 10, () => {",
      rules: ["STACK-06"],
    },
    {
      name: "host-quiet-lets-requests-in",
      from: '    this._handler.setGate("quiet");',
      to: '    this._handler.setGate("hold");',
      rules: ["STACK-30"],
    },
    {
      name: "host-looks-all-the-time",
      from: "this.#after(this._everUp ? failedRetryUs : absentRetryUs, () => this.#look());",
      to: "this.#after(this._everUp ? failedRetryUs / 100 : absentRetryUs / 1_000, () => this.#look());",
      rules: ["STACK-19"],
    },
    {
      name: "host-lost-bmc-lets-requests-wait",
      from: '    this._handler.setGate("failed");',
      to: '    this._handler.setGate("hold");',
      rules: ["STACK-02"],
    },
    {
      name: "host-firmware-unseen",
      from: "    this.#firmwareChanged();\n    this._options.onReturn();",
      to: "    this._options.onReturn();",
      rules: ["STACK-33"],
    },
    {
      name: "host-never-asks-who-it-is",
      from: "ageUs(nowUs) < this._options.options.identityAgeUs;",
      to: "ageUs(nowUs) < this._options.options.identityAgeUs * 1_000;",
      rules: ["STACK-33"],
    },
    {
      name: "host-doubts-without-asking",
      from: '    this._handler.ask("presence", GET_DEVICE_ID, heard, Priority.Presence, Again.Never);\n',
      to: "    void heard;\n",
      rules: ["STACK-31"],
    },
    {
      name: "host-doubt-waits-its-turn",
      from: "heard, Priority.Presence, Again.Never);",
      to: "heard, Priority.Normal, Again.Never);",
      rules: ["STACK-31"],
    },
    {
      name: "host-pretimeout-of-before-cleared-with-all",
      from: "Uint8Array.of(MessageFlag.WatchdogPretimeout);",
      to: "Uint8Array.of(MessageFlag.WatchdogPretimeout | MessageFlag.ReceiveMessageAvailable);",
      rules: ["MF-12"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/bring-up/global-enables.ts" }, [
    {
      name: "host-enables-check-writes-blindly",
      from: "(bits & ~OURS) | this._wanted | this._stuck",
      to: "this._wanted | this._stuck",
      rules: ["MF-02"],
    },
    {
      name: "host-enables-checks-pile-up",
      from: "    if (this._checking || nowUs < this._refusedUntilUs) return;",
      to: "    if (nowUs < this._refusedUntilUs) return;",
      rules: ["STACK-13"],
    },
    {
      name: "host-enables-lost-and-left",
      from: "(bits & this._wanted) === this._wanted) {",
      to: "bits !== 0) {",
      rules: ["STACK-34"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/stack.ts" }, [
    {
      name: "host-refuses-no-command",
      from: "    this._handler.ask(OWN_USER, spec, () => {}, Priority.Normal);\n",
      to: "",
      rules: ["STACK-24"],
    },
    {
      name: "host-refuses-commands-with-success",
      from: "responseOn(command, Uint8Array.of(Cc.InvalidCommand));",
      to: "responseOn(command, Uint8Array.of(Cc.Ok));",
      rules: ["STACK-24"],
    },
    {
      name: "host-watches-for-no-response",
      from: "    const awaited = this._bridge.outstanding > 0 || this._users.wantPretimeouts;",
      to: "    const awaited = this._users.wantPretimeouts;",
      rules: ["STACK-32"],
    },
    {
      name: "host-watches-for-no-pretimeout",
      from: "    const awaited = this._bridge.outstanding > 0 || this._users.wantPretimeouts;",
      to: "    const awaited = this._bridge.outstanding > 0;",
      rules: ["STACK-32"],
    },
    {
      name: "host-enables-never-looked-after",
      from: "      if (this._enablesTask !== undefined) this._bringUp.checkEnables();\n",
      to: "",
      rules: ["STACK-34"],
    },
    {
      name: "host-panics-twice",
      from: "    this._panicked = true;\n    this._footing.withdraw();\n    if (this._live) this._panic.run(text, spin);",
      to: "    this._panicked = true;\n    this._footing.withdraw();\n    if (this._live) this._panic.run(text, spin);\n    if (this._live) this._panic.run(text, spin);",
      rules: ["STACK-12", "STACK-11"],
    },
  ]),
];
