import { bugsIn } from "../bug.ts";

/** Slips in a BMC's timer, chassis and boot options, and in what it says that it is. */
export const BMC_CHASSIS = [
  ...bugsIn({ party: "bmc", file: "bmc/stores/watchdog.ts" }, [
    {
      name: "bmc-watchdog-clears-all-flags",
      from: "this._expiredUses &= ~clearUses;",
      to: "this._expiredUses = 0;",
      rules: ["WD-05"],
    },
    {
      name: "bmc-watchdog-clears-no-flags",
      from: "    this._expiredUses &= ~clearUses;\n",
      to: "",
      rules: ["WD-05"],
    },
    {
      name: "bmc-watchdog-dont-log-outlives-the-expiry",
      from: "    this._setting = { ...setting, dontLog: false };\n    if (interruptDue)",
      to: "    if (interruptDue)",
      rules: ["WD-15", "WD-05"],
    },
    {
      name: "bmc-watchdog-stands-at-the-old-count",
      from: "    this._leftUs = setting.countdown100ms * COUNT_US;\n",
      to: "",
      rules: ["WD-09"],
    },
    {
      name: "bmc-watchdog-pretimeout-in-counts",
      from: "this._deadlineUs - pretimeoutS * SECOND_US",
      to: "this._deadlineUs - pretimeoutS * COUNT_US",
      rules: ["WD-06"],
    },
    {
      name: "bmc-watchdog-pretimeout-forgotten",
      from: "      this._state = State.Pretimeout;\n",
      to: "",
      rules: ["WD-06", "WD-03"],
    },
    {
      name: "bmc-watchdog-runs-after-it-ran-out",
      from: "    this._state = State.Stopped;\n    this._leftUs = 0;",
      to: "    this._leftUs = 0;",
      rules: ["WD-07"],
    },
    {
      name: "bmc-watchdog-dont-stop-keeps-the-count",
      from: "    if (goesOn) this.#start();",
      to: "    if (goesOn) {\n      const old = this._deadlineUs;\n      this.#start();\n      this._deadlineUs = old;\n    }",
      rules: ["WD-01", "WD-09", "WD-16"],
    },
    {
      name: "bmc-watchdog-initialised-over-a-reset",
      from: "    this._initialised = false;\n    this._setting = { ...",
      to: "    this._setting = { ...",
      rules: ["WD-13"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/controller/watchdog-outputs.ts" }, [
    {
      name: "bmc-watchdog-logs-in-spite",
      from: 'if (!setting.dontLog) events.raise(watchdogEvent("timeout", setting));',
      to: 'events.raise(watchdogEvent("timeout", setting));',
      rules: ["WD-05"],
    },
    {
      name: "bmc-watchdog-nmi-for-smi",
      from: 'return "smi";',
      to: 'return "nmi";',
      rules: ["WD-06"],
    },
    {
      name: "bmc-watchdog-flag-for-every-interrupt",
      from: "      if (setting.pretimeoutInterrupt === PretimeoutInterrupt.Messaging)\n",
      to: "",
      rules: ["WD-14"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/controller/watchdog-event.ts" }, [
    {
      name: "bmc-watchdog-logs-another-action",
      from: "[WatchdogAction.PowerDown, Offset.PowerDown]",
      to: "[WatchdogAction.HardReset, Offset.PowerDown]",
      rules: ["WD-05"],
    },
    {
      name: "bmc-watchdog-logs-no-use",
      from: "eventData2: (pretimeoutInterrupt << 4) | use,",
      to: "eventData2: (use << 4) | pretimeoutInterrupt,",
      rules: ["WD-05"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/app/watchdog.ts" }, [
    {
      name: "bmc-watchdog-use-of-nobody",
      from: "      if (!USES.has(setting.use)) return Cc.InvalidField;\n",
      to: "",
      rules: ["MSG-11"],
    },
    {
      name: "bmc-watchdog-keeps-what-it-refused",
      from: "if (!supported.interrupts.includes(setting.pretimeoutInterrupt)) return Cc.InvalidField;\n      watchdog.set(setting, { dontStop, clearUses: clearExpired });",
      to: "watchdog.set(setting, { dontStop, clearUses: clearExpired });\n      if (!supported.interrupts.includes(setting.pretimeoutInterrupt)) return Cc.InvalidField;",
      rules: ["WD-15"],
    },
    {
      name: "bmc-watchdog-dont-log-unread",
      from: "    ...watchdog.setting,\n",
      to: "    ...watchdog.setting,\n    dontLog: false,\n",
      rules: ["WD-15"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/controller/host-power.ts" }, [
    {
      name: "bmc-power-cycle-stays-down",
      from: "        this.#cycle(cause);",
      to: "        this.powerOff();",
      rules: ["CHS-06", "CHS-05"],
    },
    {
      name: "bmc-power-off-keeps-the-watchdog",
      from: "    this._needs.watchdog.systemReset();\n    this._needs.acpi.forget();",
      to: "    this._needs.acpi.forget();",
      rules: ["WD-07"],
    },
    {
      name: "bmc-restart-cause-not-kept",
      from: "    chassis.restartCause = cause;\n",
      to: "",
      rules: ["CHS-07"],
    },
    {
      name: "bmc-power-off-untold",
      from: "    this._needs.chassis.poweredOn = false;\n",
      to: "",
      rules: ["CHS-07"],
    },
    {
      name: "bmc-restart-causes-exchanged",
      from: '"chassis-control": RestartCause.ChassisControl,\n  watchdog: RestartCause.Watchdog,',
      to: '"chassis-control": RestartCause.Watchdog,\n  watchdog: RestartCause.ChassisControl,',
      rules: ["CHS-07"],
    },
    {
      name: "bmc-power-cycle-interval-ignored",
      from: "Math.max(this._needs.chassis.powerCycleIntervalS, CYCLE_OFF_S_MIN)",
      to: "CYCLE_OFF_S_MIN",
      rules: ["CHS-05", "CHS-06"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/chassis/control.ts" }, [
    {
      name: "bmc-control-cycles-for-a-reset",
      from: '[ChassisAction.HardReset, "reset"]',
      to: '[ChassisAction.HardReset, "power-cycle"]',
      rules: ["CHS-06"],
    },
    {
      name: "bmc-control-does-nothing",
      from: '    after.do(() => power.act(action, "chassis-control"));\n',
      to: "",
      rules: ["CHS-06"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/boot-options.ts" }, [
    {
      name: "bmc-boot-flags-expire-early",
      from: "const VALID_US = 60 * SECOND_US;",
      to: "const VALID_US = 6 * SECOND_US;",
      rules: ["CHS-01"],
    },
    {
      name: "bmc-boot-flags-never-expire",
      from: "if (!this.#clearing().keepOnTimeout) this.#dropValid();",
      to: "if (this.#clearing().keepOnTimeout) this.#dropValid();",
      rules: ["CHS-01"],
    },
    {
      name: "bmc-boot-flags-dropped-by-control",
      from: "      case RestartCause.ChassisControl:\n        return true;",
      to: "      case RestartCause.ChassisControl:\n        return false;",
      rules: ["CHS-01"],
    },
    {
      name: "bmc-boot-set-in-progress-for-two",
      from: '    if (state === SET_IN_PROGRESS && present === SET_IN_PROGRESS) return "in-progress";\n',
      to: "    if (present > SET_IN_PROGRESS) return;\n",
      rules: ["CHS-08"],
    },
    {
      name: "bmc-boot-mask-ignored",
      from: "(old.acknowledged & ~writeMask) | (acknowledged & writeMask)",
      to: "acknowledged | (old.acknowledged & 0)",
      rules: ["CHS-01"],
    },
    {
      name: "bmc-boot-mailbox-one-block",
      from: "this._mailbox.set(content, block * MAILBOX_BLOCK_BYTES);",
      to: "this._mailbox.set(content, 0);",
      rules: ["CHS-01"],
    },
    {
      name: "bmc-boot-options-outlive-the-bmc",
      from: "    for (const [selector, bytes] of SIZES) this._parameters.set(selector, new Uint8Array(bytes));\n",
      to: "    for (const [selector, bytes] of SIZES) {\n      if (!this._parameters.has(selector)) this._parameters.set(selector, new Uint8Array(bytes));\n    }\n",
      rules: ["CHS-02"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/chassis/boot-options.ts" }, [
    {
      name: "bmc-boot-invalid-mark-lost",
      from: "invalid: boot.isInvalid(selector)",
      to: "invalid: !boot",
      rules: ["CHS-01"],
    },
    {
      name: "bmc-boot-another-parameter",
      from: "return { version: VERSION, selector,",
      to: "return { version: VERSION, selector: selector + 1,",
      rules: ["CHS-01"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/chassis.ts" }, [
    {
      name: "bmc-identify-never-ends",
      from: "      this._identify = IdentifyState.Off;\n    });",
      to: "    });",
      rules: ["CHS-09"],
    },
    {
      name: "bmc-identify-ends-at-once",
      from: "seconds * SECOND_US;",
      to: "seconds * 1_000;",
      rules: ["CHS-09"],
    },
    {
      name: "bmc-identify-for-ever-for-a-while",
      from: "this._identify = IdentifyState.Indefinite;",
      to: "this.identifyFor(1);",
      rules: ["CHS-09"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/chassis/chassis.ts" }, [
    {
      name: "bmc-policy-question-sets",
      from: "if (policy !== wire.PowerRestorePolicy.Query) chassis.restorePolicy = policy;",
      to: "chassis.restorePolicy = policy;",
      rules: ["CHS-03"],
    },
    {
      name: "bmc-buttons-exchanged",
      from: "resetButtonDisabled: disabled.disableReset,",
      to: "resetButtonDisabled: disabled.disablePowerOff,",
      rules: ["CHS-04"],
    },
    {
      name: "bmc-identify-state-untold",
      from: "identifyState: chassis.identify,",
      to: "identifyState: 0,",
      rules: ["CHS-09"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/acpi-state.ts" }, [
    {
      name: "bmc-acpi-no-change-is-a-state",
      from: "if (system !== SystemPowerState.NoChange) this._system = system;",
      to: "this._system = system;",
      rules: ["DEV-05"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/app/device.ts" }, [
    {
      name: "bmc-acpi-sets-unasked",
      from: "setSystemState ? request.systemState : wire.SystemPowerState.NoChange",
      to: "request.systemState",
      rules: ["DEV-05"],
    },
    {
      name: "bmc-device-without-its-log",
      from: "handle: ({ identity }) => identity.device,",
      to: "handle: ({ identity }) => ({ ...identity.device, selDevice: false }),",
      rules: ["DEV-07"],
    },
    {
      name: "bmc-device-bridges-and-is-no-chassis",
      from: "handle: ({ identity }) => identity.device,",
      to: "handle: ({ identity }) => ({ ...identity.device, chassisDevice: false, bridge: true }),",
      rules: ["DEV-07"],
    },
    {
      name: "bmc-self-test-passed-with-a-failure",
      from: "handle: ({ identity }) => identity.selfTest,",
      to: "handle: ({ identity }) => ({ ...identity.selfTest, detail: 0x40 }),",
      rules: ["DEV-06"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/chassis.ts" }, [
    {
      name: "bmc-policy-forgotten-by-a-reset",
      from: "  restart(): void {\n    this.identifyFor(0);",
      to: "  restart(): void {\n    this.restorePolicy = PowerRestorePolicy.Previous;\n    this.identifyFor(0);",
      rules: ["CHS-03"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/controller/controller.ts" }, [
    {
      name: "bmc-cold-reset-clears-the-log",
      from: "    parts.log.reservation.cancel();",
      to: "    parts.log.clear();",
      rules: ["SEL-16"],
    },
  ]),
];
