import { bugsIn } from "../bug.ts";

/** What can go wrong with a host's watchdog, and as it panics. */
export const HOST_WATCHDOG = [
  ...bugsIn({ party: "host", file: "host/watchdog/watchdog-setting.ts" }, [
    {
      name: "host-wd-count-in-seconds",
      from: "countdown100ms: timeoutS * COUNTS_PER_S,",
      to: "countdown100ms: timeoutS,",
      rules: ["STACK-21"],
    },
    {
      name: "host-wd-no-pretimeout",
      from: "    pretimeoutS,\n    clearExpired",
      to: "    pretimeoutS: 0,\n    clearExpired",
      rules: ["STACK-21"],
    },
    {
      name: "host-wd-pretimeout-untold",
      from: "pretimeoutInterrupt: idle || pretimeoutS === 0 ? PREACTIONS.none : PREACTIONS[preaction],",
      to: "pretimeoutInterrupt: PREACTIONS.none,",
      rules: ["STACK-21"],
    },
    {
      name: "host-wd-cycle-for-down",
      from: '"power-down": WatchdogAction.PowerDown,',
      to: '"power-down": WatchdogAction.PowerCycle,',
      rules: ["STACK-21"],
    },
    {
      name: "host-wd-stands-at-each-set",
      from: "    dontStop: !idle && knowsDontStop(device),",
      to: "    dontStop: false,",
      rules: ["STACK-21"],
    },
    {
      name: "host-wd-stop-goes-on",
      from: "    dontStop: !idle && knowsDontStop(device),",
      to: "    dontStop: knowsDontStop(device),",
      rules: ["STACK-22"],
    },
    {
      name: "host-wd-clears-all-flags",
      from: "    clearExpired: 0,",
      to: "    clearExpired: 0x3e,",
      rules: ["WD-10"],
    },
    {
      name: "host-wd-logs-nothing",
      from: "    dontLog: false,",
      to: "    dontLog: true,",
      rules: ["STACK-21"],
    },
    {
      name: "host-wd-for-the-loader",
      from: "    use: WatchdogUse.SmsOs,",
      to: "    use: WatchdogUse.OsLoad,",
      rules: ["WD-10"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/watchdog/watchdog-file.ts" }, [
    {
      name: "host-wd-any-byte-is-magic",
      from: "this._magic = bytes.includes(MAGIC) && !this._parts.nowayout;",
      to: "this._magic = !this._parts.nowayout;",
      rules: ["STACK-22"],
    },
    {
      name: "host-wd-close-never-stops",
      from: "    if (this._magic) this._parts.stop(done);\n    else this._parts.keepAlive(done);",
      to: "    this._parts.keepAlive(done);",
      rules: ["STACK-22"],
    },
    {
      name: "host-wd-unexpected-close-unheard",
      from: "    else this._parts.keepAlive(done);",
      to: "    else done({ ok: true });",
      rules: ["STACK-27"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/watchdog/watchdog.ts" }, [
    {
      name: "host-wd-reset-in-place-of-set",
      from: "      if (this._setFirst) this.#setUp(this._course);\n      else this.#beat(this._course);",
      to: "      this.#beat(this._course);",
      rules: ["STACK-29"],
    },
    {
      name: "host-wd-pretimeout-ignored",
      from: "  #pretimeout(): void {\n    this._setFirst = true;\n",
      to: "  #pretimeout(): void {\n",
      rules: ["STACK-29"],
    },
    {
      name: "host-wd-change-never-set",
      from: "    this._setting = setting;\n    this._setFirst = true;\n",
      to: "    this._setting = setting;\n",
      rules: ["STACK-29"],
    },
    {
      name: "host-wd-armed-by-the-set",
      from: "      if (this._setting === setting) this._setFirst = false;\n      this.#beat(course);",
      to: "      if (this._setting === setting) this._setFirst = false;\n      this.#confirm(course);",
      rules: ["STACK-20", "STACK-27"],
    },
    {
      name: "host-wd-heartbeats-forgotten",
      from: "    this._due = true;\n    this.#proceed();\n  }\n\n  /** Stops",
      to: "    this._due = !this._wanted || this._setFirst;\n    this.#proceed();\n  }\n\n  /** Stops",
      rules: ["STACK-27"],
    },
    {
      name: "host-wd-panic-keeps-the-time",
      from: "    return { ...this._setting, timeoutS, pretimeoutS: 0, action };",
      to: "    return { ...this._setting, pretimeoutS: 0, action };",
      rules: ["STACK-11"],
    },
    {
      name: "host-wd-panic-stops",
      from: 'const action = panic === "stop" ? "none" : this._setting.action;',
      to: 'const action = panic === "extend" ? "none" : this._setting.action;',
      rules: ["STACK-11"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/watchdog/watchdog-requests.ts" }, [
    {
      name: "host-wd-refusals-taken",
      from: "  if (answered && cc === Cc.Ok) return { ok: true };",
      to: "  if (answered) return { ok: true };",
      rules: ["STACK-29", "STACK-20"],
    },
    {
      name: "host-wd-heartbeats-in-the-crowd",
      from: '    this.#ask({ netFn, cmd, priority: "high" }, (answer) => heard(heardOf("Reset", answer)));',
      to: '    this.#ask({ netFn, cmd }, (answer) => heard(heardOf("Reset", answer)));',
      rules: ["STACK-28"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/watchdog/watchdog-protection.ts" }, [
    {
      name: "host-wd-runs-out-unnoticed",
      from: '      this.lost("its time is over without a heartbeat that the BMC confirmed");\n',
      to: "",
      rules: ["STACK-29", "STACK-20"],
    },
    {
      name: "host-wd-stop-said-too-soon",
      from: '    this._state = { name: "arming" };\n  }\n',
      to: '    this._state = { name: "arming" };\n    this.#tell("watchdog-armed", "");\n  }\n',
      rules: ["STACK-20"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/panic/panic.ts" }, [
    {
      name: "host-panic-forgets-the-watchdog",
      from: "    const first = this._firstFrame();\n",
      to: "    const first = undefined;\n",
      rules: ["STACK-11"],
    },
    {
      name: "host-panic-forgets-the-text",
      from: '    if (operation === "event" || text.length === 0) return true;\n',
      to: "    return true;\n",
      rules: ["STACK-11"],
    },
    {
      name: "host-panic-forgets-the-receiver",
      from: "    if ((this._support & EVENT_GENERATOR) !== 0) {",
      to: "    if (this._support === EVENT_GENERATOR) {",
      rules: ["STACK-11"],
    },
    {
      name: "host-panic-forgets-the-event",
      from: "    if (!this.#send(messages.platformEvent, spin)) return false;\n",
      to: "",
      rules: ["STACK-11"],
    },
    {
      name: "host-panic-last-piece-lost",
      from: "    const pieces = piecesOf(text);",
      to: "    const pieces = piecesOf(text) - 1;",
      rules: ["STACK-11"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/panic/panic-messages.ts" }, [
    {
      name: "host-panic-pieces-not-numbered",
      from: "    this._addSelEntry[SEQUENCE_AT] = sequence;\n",
      to: "",
      rules: ["STACK-11"],
    },
    {
      name: "host-panic-record-with-a-time",
      from: "const OEM_RECORD = 0xf0;",
      to: "const OEM_RECORD = 0xd0;",
      rules: ["STACK-11"],
    },
    {
      name: "host-panic-pieces-overlap",
      from: "sequence * PIECE_CHARACTERS + i);",
      to: "sequence * (PIECE_CHARACTERS - 1) + i);",
      rules: ["STACK-11"],
    },
  ]),
];
