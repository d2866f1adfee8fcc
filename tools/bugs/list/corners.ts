import { bugsIn } from "../bug.ts";

/** Slips for rules that no other bug wakes first. */
export const CORNERS = [
  ...bugsIn({ party: "bmc", file: "bmc/controller/router.ts" }, [
    {
      name: "bmc-error-from-lun-0",
      from: "return encodeResponse({ netFn: responseNetFn(netFn), lun, cmd, cc, data });",
      to: "return encodeResponse({ netFn: responseNetFn(netFn), lun: cc === Cc.Ok ? lun : 0, cmd, cc, data });",
      rules: ["GEN-01", "GEN-03"],
    },
    {
      name: "bmc-responses-of-even-length",
      from: "return encodeResponse({ netFn: responseNetFn(netFn), lun, cmd, cc, data });",
      to: "return encodeResponse({ netFn: responseNetFn(netFn), lun, cmd, cc, data: data.length % 2 === 0 ? data : Uint8Array.of(...data, 0) });",
      rules: ["MSG-07", "MSG-01"],
    },
    {
      name: "bmc-wrong-length-is-no-command",
      from: 'error.what === "length" ? Cc.RequestLengthInvalid : Cc.InvalidField',
      to: 'error.what === "length" ? Cc.InvalidCommand : Cc.InvalidField',
      rules: ["MSG-04", "MSG-10"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/storage/fru.ts" }, [
    {
      name: "bmc-fru-counts-from-one",
      from: "return fru.sizeOf(id) ?? { cc: Cc.NotPresent };",
      to: "return (id === 0 ? undefined : fru.sizeOf(id - 1)) ?? { cc: Cc.NotPresent };",
      rules: ["FRU-02"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/app/device.ts" }, [
    {
      name: "bmc-guid-with-a-counter",
      from: "/** @see IPMI 2.0 §20.8 */\nexport const getDeviceGuid = command<{ identity: Identity }>()({\n  layout: wire.getDeviceGuid,\n  handle: ({ identity }) => ({ guid: identity.guid }),",
      to: "let asked = 0;\nexport const getDeviceGuid = command<{ identity: Identity }>()({\n  layout: wire.getDeviceGuid,\n  handle: ({ identity }) => ({ guid: identity.guid.map((each, at) => (at === 4 ? asked++ : each)) }),",
      rules: ["DEV-04"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/controller/command-set.ts" }, [
    {
      name: "bmc-log-without-a-clock",
      from: "  time.getSelTime,\n",
      to: "",
      rules: ["GEN-11", "GEN-08"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/kcs/kcs.ts", interfaces: ["kcs"] }, [
    {
      name: "bmc-kcs-requests-have-three-bytes",
      from: "this._received < REQUEST_BYTES_MIN - 1",
      to: "this._received < REQUEST_BYTES_MIN",
      rules: ["GEN-16"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/panic/panic.ts" }, [
    {
      name: "host-panic-message-without-bound",
      from: "const endUs = Math.min(nowUs + this._options.messageUs, this._endUs);",
      to: "const endUs = nowUs + 100 * this._options.messageUs;",
      rules: ["STACK-10"],
    },
    {
      name: "host-panic-says-the-end-first",
      from: '    const sent = (first === undefined || this.#send(first, spin)) && this.#log(text, spin);\n    this.#tell("panic-end", sent ? "sent" : failureText(this._failure));',
      to: '    this.#tell("panic-end", "sent");\n    if (first === undefined || this.#send(first, spin)) this.#log(text, spin);',
      rules: ["STACK-12"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/bring-up/global-enables.ts" }, [
    {
      name: "host-asks-for-the-enables-without-waiting",
      from: "if (this._checking || nowUs < this._refusedUntilUs) return;",
      to: "if (nowUs < this._refusedUntilUs) return;",
      rules: ["STACK-13"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/watchdog/watchdog.ts" }, [
    {
      name: "host-watchdog-stop-goes-on",
      from: 'this._requests.set({ ...this._setting, action: "none" }',
      to: "this._requests.set({ ...this._setting }",
      rules: ["STACK-22"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/watchdog/watchdog-protection.ts" }, [
    {
      name: "host-watchdog-armed-for-ever",
      from: 'if (this._state.name === "unprotected" || this._state.name === "off") return;',
      to: 'if (this._state.name !== "arming") return;',
      rules: ["STACK-20", "STACK-29"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/watchdog/watchdog-setting.ts" }, [
    {
      name: "host-watchdog-of-the-os-loader",
      from: "use: WatchdogUse.SmsOs,",
      to: "use: WatchdogUse.OsLoad,",
      rules: ["WD-10"],
    },
    {
      name: "host-watchdog-clears-another-flag",
      from: "clearExpired: 0,",
      to: "clearExpired: 2,",
      rules: ["WD-10"],
    },
    {
      name: "host-watchdog-pretimeout-is-the-timeout",
      from: "    pretimeoutS,\n    clearExpired",
      to: "    pretimeoutS: Math.min(timeoutS, 255),\n    clearExpired",
      rules: ["STACK-21"],
    },
  ]),
];
