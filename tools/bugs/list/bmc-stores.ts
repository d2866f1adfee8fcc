import { bugsIn } from "../bug.ts";

/** What can go wrong in a BMC's commands and stores. */
export const BMC_STORES = [
  ...bugsIn({ party: "bmc", file: "bmc/commands/storage/sel.ts" }, [
    {
      name: "bmc-sel-part-without-reservation",
      from: "    if (partial && !log.reservation.holds(request.reservationId)) return Cc.ReservationCanceled;\n",
      to: "",
      rules: ["SEL-01", "SEL-02"],
    },
    {
      name: "bmc-sel-cleared-without-reservation",
      from: "    if (!log.reservation.holds(reservationId)) return Cc.ReservationCanceled;\n    log.clear();",
      to: "    log.clear();",
      rules: ["SEL-01"],
    },
    {
      name: "bmc-sel-deleted-without-reservation",
      from: "    if (!log.reservation.holds(request.reservationId)) return Cc.ReservationCanceled;\n    const recordId = log.delete",
      to: "    const recordId = log.delete",
      rules: ["SEL-01", "SEL-02"],
    },
    {
      name: "bmc-sel-whole-entry-needs-reservation",
      from: "const partial = request.offset !== 0;",
      to: "const partial = request.offset >= 0;",
      rules: ["SEL-01"],
    },
    {
      name: "bmc-sel-counts-what-is-free",
      from: "entries: log.length,",
      to: "entries: log.capacity - log.length,",
      rules: ["SEL-09"],
    },
    { name: "bmc-sel-clear-clears-nothing", from: "    log.clear();\n", to: "", rules: ["SEL-10"] },
    {
      name: "bmc-sel-add-answers-the-next-id",
      from: 'typeof recordId === "string" ? refusalCode(recordId) : { recordId };\n  },\n});\n\n/** @see IPMI 2.0 §31.7 */',
      to: 'typeof recordId === "string" ? refusalCode(recordId) : { recordId: recordId + 1 };\n  },\n});\n\n/** @see IPMI 2.0 §31.7 */',
      rules: ["SEL-03", "SEL-08"],
    },
    {
      name: "bmc-sel-lost-reservation-is-not-present",
      from: "    if (partial && !log.reservation.holds(request.reservationId)) return Cc.ReservationCanceled;",
      to: "    if (partial && !log.reservation.holds(request.reservationId)) return Cc.NotPresent;",
      rules: ["SEL-01", "SEL-02"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/event-log.ts" }, [
    {
      name: "bmc-sel-add-keeps-the-reservation",
      from: "    this._lastAddS = this._clock.seconds();\n    this.reservation.cancel();",
      to: "    this._lastAddS = this._clock.seconds();",
      rules: ["SEL-02"],
    },
    {
      name: "bmc-sel-no-end",
      from: "this._entries[index + 1]?.id ?? RecordId.Last",
      to: "this._entries[index + 1]?.id ?? RecordId.First",
      rules: ["SEL-03"],
    },
    {
      name: "bmc-sel-full-drops-the-oldest",
      from: '      this._overflow = true;\n      return "full";',
      to: "      this._entries.shift();",
      rules: ["SEL-06", "SEL-10"],
    },
    {
      name: "bmc-sel-last-is-behind-the-end",
      from: "if (id === RecordId.Last) return this.length - 1;",
      to: "if (id === RecordId.Last) return this.length;",
      rules: ["SEL-03", "SEL-10"],
    },
    {
      name: "bmc-sel-overflow-untold",
      from: "      this._overflow = true;\n",
      to: "",
      rules: ["SEL-06"],
    },
    {
      name: "bmc-sel-id-not-written",
      from: "    view.setUint16(0, id, true);\n",
      to: "",
      rules: ["SEL-03", "SEL-08"],
    },
    {
      name: "bmc-sel-next-skips-one",
      from: "this._entries[index + 1]?.id ?? RecordId.Last",
      to: "this._entries[index + 2]?.id ?? RecordId.Last",
      rules: ["SEL-03", "SEL-10"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/storage/sdr.ts" }, [
    {
      name: "bmc-sdr-part-without-reservation",
      from: "    if (partial && !sdr.reservation.holds(request.reservationId)) return Cc.ReservationCanceled;\n",
      to: "",
      rules: ["SDR-01", "SDR-02"],
    },
    {
      name: "bmc-sdr-count-one-too-high",
      from: "recordCount: sdr.length,",
      to: "recordCount: sdr.length + 1,",
      rules: ["SDR-09"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/sdr-repository.ts" }, [
    {
      name: "bmc-sdr-no-end",
      from: "next === undefined ? RecordId.Last : idOf(next)",
      to: "next === undefined ? RecordId.First : idOf(next)",
      rules: ["SDR-05"],
    },
    {
      name: "bmc-sdr-next-is-the-same",
      from: "next === undefined ? RecordId.Last : idOf(next)",
      to: "next === undefined ? RecordId.Last : idOf(bytes)",
      rules: ["SDR-05"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/reservation.ts" }, [
    {
      name: "bmc-reservations-all-alike",
      from: "this._last = this._last === ID_MAX ? 1 : this._last + 1;",
      to: "this._last = 1;",
      rules: ["SEL-02", "SDR-02"],
    },
    {
      name: "bmc-any-reservation-holds",
      from: "return this._held && id === this._last;",
      to: "return this._held;",
      rules: ["SEL-01", "SDR-01", "SEL-02", "SDR-02"],
    },
    {
      name: "bmc-reservation-never-held",
      from: "    this._held = true;\n",
      to: "",
      rules: ["SEL-01", "SDR-01", "MSG-03"],
    },
    {
      name: "bmc-reservation-zero",
      from: "this._last = this._last === ID_MAX ? 1 : this._last + 1;",
      to: "this._last = this._held ? this._last + 1 : 0;",
      rules: ["SEL-02", "SDR-02", "SEL-01"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/record-store.ts" }, [
    {
      name: "bmc-record-part-a-byte-short",
      from: "record.slice(offset, end)",
      to: "record.slice(offset, Math.max(end - 1, offset + 1))",
      rules: ["SEL-08", "SDR-08", "MSG-01"],
    },
    {
      name: "bmc-record-part-from-the-start",
      from: "record.slice(offset, end)",
      to: "record.slice(0, end - offset)",
      rules: ["SEL-08", "SDR-08"],
    },
    {
      name: "bmc-record-part-beyond-the-end",
      from: 'return end > record.length ? "count" : record.slice(offset, end);',
      to: "return record.slice(offset, end);",
      rules: ["SEL-08", "SDR-08", "MSG-11"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/storage/fru.ts" }, [
    {
      name: "bmc-fru-count-as-asked",
      from: "return { count: data.length, data };",
      to: "return { count, data };",
      rules: ["FRU-01"],
    },
    {
      name: "bmc-fru-count-one-too-high",
      from: "return { count: data.length, data };",
      to: "return { count: data.length + 1, data };",
      rules: ["FRU-01"],
    },
    {
      name: "bmc-fru-written-count-wrong",
      from: "return { count: data.length };",
      to: "return { count: data.length - 1 };",
      rules: ["FRU-01"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/fru-inventory.ts" }, [
    {
      name: "bmc-fru-reads-from-the-start",
      from: "slice(offset, offset + count)",
      to: "slice(0, count)",
      rules: ["FRU-03"],
    },
    {
      name: "bmc-fru-write-lost",
      from: "    this._devices.get(id)?.set(data, offset);\n",
      to: "",
      rules: ["FRU-03"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/watchdog.ts" }, [
    {
      name: "bmc-watchdog-always-stops",
      from: "const goesOn = dontStop && this.running;",
      to: "const goesOn = dontStop && !this.running;",
      rules: ["WD-01"],
    },
    {
      name: "bmc-watchdog-never-stops",
      from: "const goesOn = dontStop && this.running;",
      to: "const goesOn = this.running;",
      rules: ["WD-01"],
    },
    {
      name: "bmc-watchdog-set-starts-it",
      from: "const goesOn = dontStop && this.running;",
      to: "const goesOn = true;",
      rules: ["WD-01"],
    },
    {
      name: "bmc-watchdog-starts-after-the-pretimeout",
      from: '    if (this._state === State.Pretimeout) return "past-pretimeout";\n',
      to: "",
      rules: ["WD-03"],
    },
    {
      name: "bmc-watchdog-beats-without-a-setting",
      from: '    if (!this._initialised) return "uninitialised";',
      to: '    if (!this._initialised) return "started";',
      rules: ["WD-13"],
    },
    {
      name: "bmc-watchdog-never-bites",
      from: '    this._outputs.expired(this.misdeed === "another-action" ? withAnother(setting) : setting);\n',
      to: "",
      rules: ["WD-05", "WD-16"],
    },
    {
      name: "bmc-watchdog-counts-in-seconds",
      from: "const COUNT_US = 100 * MILLISECOND_US;",
      to: "const COUNT_US = 1_000 * MILLISECOND_US;",
      rules: ["WD-16", "WD-09"],
    },
    {
      name: "bmc-watchdog-bites-early",
      from: "const COUNT_US = 100 * MILLISECOND_US;",
      to: "const COUNT_US = 50 * MILLISECOND_US;",
      rules: ["WD-16", "WD-09"],
    },
    {
      name: "bmc-watchdog-setting-not-kept",
      from: "{ ...setting, ...LOST } : setting;",
      to: "{ ...setting, ...LOST } : { ...setting, pretimeoutS: 0, use: 1 };",
      rules: ["WD-15"],
    },
    {
      name: "bmc-watchdog-runs-on-over-a-reset",
      from: "  systemReset(): void {\n    this.stop();",
      to: "  systemReset(): void {",
      rules: ["WD-07"],
    },
    {
      name: "bmc-watchdog-expiry-flag-forgotten",
      from: "    this._expiredUses |= 1 << setting.use;\n",
      to: "",
      rules: ["WD-05"],
    },
    {
      name: "bmc-watchdog-survives-a-cold-reset",
      from: "    this.systemReset();\n    this._setting = NEVER_SET;",
      to: "    this._setting = NEVER_SET;",
      rules: ["WD-07"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/controller/watchdog-outputs.ts" }, [
    {
      name: "bmc-watchdog-does-something-else",
      from: '[WatchdogAction.HardReset, "reset"]',
      to: '[WatchdogAction.HardReset, "power-down"]',
      rules: ["WD-05"],
    },
    {
      name: "bmc-watchdog-pretimeout-untold",
      from: "        messaging.raisePretimeout();\n",
      to: "        messaging.clearPretimeout();\n",
      rules: ["WD-14"],
    },
    {
      name: "bmc-watchdog-expiry-not-logged",
      from: 'if (!setting.dontLog) events.raise(watchdogEvent("timeout", setting));',
      to: 'if (setting.dontLog) events.raise(watchdogEvent("timeout", setting));',
      rules: ["WD-05"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/app/watchdog.ts" }, [
    {
      name: "bmc-watchdog-lost-is-unspecified",
      from: "return SpecificCc.WatchdogUninitialized;",
      to: "return Cc.Unspecified;",
      rules: ["WD-13"],
    },
    {
      name: "bmc-watchdog-lost-is-success",
      from: "return SpecificCc.WatchdogUninitialized;",
      to: "return {};",
      rules: ["WD-13"],
    },
    {
      name: "bmc-watchdog-count-is-the-initial-one",
      from: "present100ms: watchdog.count100ms,",
      to: "present100ms: 2 * watchdog.setting.countdown100ms,",
      rules: ["WD-09"],
    },
    {
      name: "bmc-watchdog-says-it-stands",
      from: "running: watchdog.running,",
      to: "running: !watchdog.running,",
      rules: ["WD-15", "WD-09"],
    },
  ]),
];
