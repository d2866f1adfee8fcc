import { type Bug, bugsIn } from "../bug.ts";

/** Slips that were written with the list unread, to measure the rules by. */
export const KEPT_BACK: readonly Bug[] = [
  ...bugsIn({ party: "host", file: "host/interfaces/ssif/capabilities.ts", interfaces: ["ssif"] }, [
    {
      name: "host-ssif-code-never-told-of",
      from: "const { inputBytesMax, pecSupported: usesPec } = told;",
      to: "const { inputBytesMax } = told;\n  const usesPec = true;",
      rules: ["SSIF-08"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/watchdog/watchdog.ts" }, [
    {
      name: "host-wd-tries-no-more",
      from: "      this.#after(this._options.retryPauseUs, () => {\n        this._due = true;\n",
      to: "      this.#after(this._options.retryPauseUs, () => {\n",
      rules: ["STACK-35"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/kcs/kcs.ts", interfaces: ["kcs"] }, [
    {
      name: "bmc-kcs-attention-only-by-interrupt",
      from: "    this._controller.updateStatus(Status.SmsAtn, attention ? Status.SmsAtn : 0);\n    if (!interrupt ||",
      to: "    if (attention && !interrupt) return;\n    this._controller.updateStatus(Status.SmsAtn, attention ? Status.SmsAtn : 0);\n    if (!interrupt ||",
      rules: ["KCS-40"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/ssif/ssif.ts", interfaces: ["ssif"] }, [
    {
      name: "bmc-ssif-one-block-too-many",
      from: "Math.ceil((this._response.length - FIRST_BLOCK_DATA) / BLOCK_DATA)",
      to: "Math.floor((this._response.length - FIRST_BLOCK_DATA) / BLOCK_DATA) + 1",
      rules: ["SSIF-22"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/app/watchdog.ts" }, [
    {
      name: "bmc-wd-running-by-count",
      from: "running: watchdog.running,",
      to: "running: watchdog.count100ms > 0,",
      rules: ["WD-01"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/sensor-event/event.ts" }, [
    {
      name: "bmc-event-missing-zero",
      from: "eventData3: eventData3 ?? wire.EVENT_DATA_UNSPECIFIED,",
      to: "eventData3: eventData3 ?? 0,",
      rules: ["EVT-03"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/watchdog.ts" }, [
    {
      name: "bmc-wd-pretimeout-from-start",
      from: "this.#schedulePretimeout(this._deadlineUs - pretimeoutS * SECOND_US);",
      to: "this.#schedulePretimeout(this._scheduler.now() + pretimeoutS * SECOND_US);",
      rules: ["WD-06"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/controller/host-power.ts" }, [
    {
      name: "bmc-cycle-stays-off",
      from: "    if (chassis.poweredOn) return;\n    chassis.poweredOn = true;",
      to: "    if (chassis.poweredOn) return;",
      rules: ["CHS-07"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/controller/router.ts" }, [
    {
      name: "bmc-lun-masked",
      from: "    if (request.lun !== 0) return Cc.InvalidForLun;",
      to: "    if (request.lun === 1) return Cc.InvalidForLun;",
      rules: ["GEN-08"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/kcs/kcs.ts", interfaces: ["kcs"] }, [
    {
      name: "host-kcs-error-code-unread",
      from: "    this._port.read(0);\n    this._port.write(0, Control.Read);\n    return this.#enter(State.AbortEnd",
      to: "    this._port.write(0, Control.Read);\n    return this.#enter(State.AbortEnd",
      rules: ["KCS-08"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/ssif/ssif.ts", interfaces: ["ssif"] }, [
    {
      name: "host-ssif-numbers-not-advanced",
      from: "    this._blockNumber++;",
      to: "",
      rules: ["SSIF-14"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/messages/ipmb-bridge.ts" }, [
    {
      name: "host-bridge-time-in-tenths",
      from: "retryUs: retryMs * 1_000,",
      to: "retryUs: retryMs * 100,",
      rules: ["STACK-25"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/stack.ts" }, [
    {
      name: "host-foreign-command-cc",
      from: "Uint8Array.of(Cc.InvalidCommand)",
      to: "Uint8Array.of(Cc.InvalidField)",
      rules: ["STACK-24"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/system-interface/system-interface.ts" }, [
    {
      name: "host-doubts-nothing",
      from: '    } else if (outcome.kind === "failure" && outcome.doubtful) {',
      to: '    } else if (outcome.kind === "failure" && outcome.doubtful && outcome.failed) {',
      rules: ["STACK-31"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/system-interface/transfer-queue.ts" }, [
    {
      name: "host-high-is-normal",
      from: "this._queues[transfer.priority].push(",
      to: "this._queues[transfer.priority === Priority.High ? Priority.Normal : transfer.priority].push(",
      rules: ["STACK-28"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/watchdog/watchdog-file.ts" }, [
    {
      name: "host-wd-magic-stays",
      from: "this._magic = bytes.includes(MAGIC)",
      to: "this._magic ||= bytes.includes(MAGIC)",
      rules: ["STACK-22"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/daemon.ts" }, [
    {
      name: "bmc-daemon-leaks-its-device",
      from: "    this._handle?.close();\n    if (this._handle",
      to: "    if (this._handle",
      rules: ["GEN-02"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/app/device.ts" }, [
    {
      name: "bmc-acpi-flags-ignored",
      from: "const device = setDeviceState ? request.deviceState : wire.DevicePowerState.NoChange;",
      to: "const device = request.deviceState;",
      rules: ["DEV-05"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/fru-inventory.ts" }, [
    {
      name: "bmc-fru-writes-at-zero",
      from: "this._devices.get(id)?.set(data, offset);",
      to: "this._devices.get(id)?.set(data);",
      rules: ["FRU-03"],
    },
  ]),
  ...bugsIn({ party: "host", file: "host/interfaces/kcs/kcs.ts", interfaces: ["kcs"] }, [
    {
      name: "host-kcs-waits-one-second",
      from: "inputTimeoutUs: 5 * SECOND_US,",
      to: "inputTimeoutUs: SECOND_US,",
      rules: ["STACK-14"],
    },
  ]),
];
