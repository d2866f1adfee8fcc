import { type Bug, bugsIn } from "../bug.ts";

/** Slips that were written to measure the rules by, with the list or the rules unread. */
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
  ...bugsIn({ party: "bmc", file: "bmc/kcs/kcs.ts", interfaces: ["kcs"] }, [
    {
      name: "bmc-kcs-attention-byte-over-a-byte",
      from: "    if ((this._controller.readStatus() & Status.Obf) === 0) this._controller.writeOutput(0);",
      to: "    this._controller.writeOutput(0);",
      rules: ["KCS-33"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/kcs/kcs.ts", interfaces: ["kcs"] }, [
    {
      name: "bmc-kcs-recovery-without-its-last-byte",
      from: "    this._error = StatusCode.NoError;\n    this.#enter(State.Idle);\n  }\n\n  /** Takes a byte",
      to: "    this._error = StatusCode.NoError;\n    this._state = State.Idle;\n  }\n\n  /** Takes a byte",
      rules: ["KCS-23", "KCS-25", "KCS-39"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/message-device.ts", interfaces: ["kcs", "smic"] }, [
    {
      name: "bmc-back-without-looking",
      from: "    if (on) this.#input();",
      to: "",
      rules: ["KCS-35", "SMIC-29"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/smic/smic.ts", interfaces: ["smic"] }, [
    {
      name: "bmc-smic-response-goes-on",
      from: "    this._sent = 0;\n",
      to: "",
      rules: ["SMIC-27", "SMIC-31", "SMIC-32"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/bt/bt.ts", interfaces: ["bt"] }, [
    {
      name: "bmc-bt-wrong-one-taken-off",
      from: "      this._outgoing.shift();",
      to: "      this._outgoing.pop();",
      rules: ["BT-25", "GEN-02"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/bt/bt.ts", interfaces: ["bt"] }, [
    {
      name: "bmc-bt-refusal-is-a-request",
      from: "Uint8Array.of(netFnLun | RESPONSE_BIT, cmd, cc)",
      to: "Uint8Array.of(netFnLun, cmd, cc)",
      rules: ["BT-25", "GEN-01"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/bt/bt.ts", interfaces: ["bt"] }, [
    {
      name: "bmc-bt-no-data-no-request",
      from: "    if (length >= BT_REQUEST_LENGTH_MIN) this.#receive",
      to: "    if (length > BT_REQUEST_LENGTH_MIN) this.#receive",
      rules: ["GEN-02", "GEN-16"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/bt/bt.ts", interfaces: ["bt"] }, [
    {
      name: "bmc-bt-fifo-of-64-bytes",
      from: "for (const byte of next.frame) this._controller.writeFifo(byte);",
      to: "for (const byte of next.frame.subarray(0, 64)) this._controller.writeFifo(byte);",
      rules: ["BT-24", "GEN-15"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/ssif/ssif.ts", interfaces: ["ssif"] }, [
    {
      name: "bmc-ssif-restart-does-not-rewind",
      from: "    this._next = NOT_STARTED;\n    if (this._response.length <= BLOCK_BYTES_MAX) return this._response;\n    this._next = 0;",
      to: "    if (this._response.length <= BLOCK_BYTES_MAX) return this._response;\n    if (this._next === NOT_STARTED) this._next = 0;",
      rules: ["SSIF-22"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/ssif/ssif.ts", interfaces: ["ssif"] }, [
    {
      name: "bmc-ssif-refusal-without-a-code",
      from: "    this.respond(Uint8Array.of(netFnLun | RESPONSE_BIT, cmd, cc));",
      to: "    this.respond(Uint8Array.of(netFnLun | RESPONSE_BIT, cmd));",
      rules: ["GEN-02", "SSIF-21", "SSIF-20"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/message-device.ts", interfaces: ["ssif"] }, [
    {
      name: "bmc-attention-interrupts-once",
      from: "    this._attentionInterrupt = interrupt;\n    this._machine",
      to: "    this._attentionInterrupt ||= interrupt;\n    this._machine",
      rules: ["SSIF-35", "SSIF-26"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/watchdog.ts" }, [
    {
      name: "bmc-watchdog-goes-on-past-the-pretimeout",
      from: "  stop(): void {\n    if (!this.running) return;",
      to: "  stop(): void {\n    if (this._state !== State.Counting) return;",
      rules: ["WD-01", "WD-16", "WD-15"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/watchdog.ts" }, [
    {
      name: "bmc-watchdog-needs-an-action",
      from: '    this.#start();\n    return "started";',
      to: '    if (this._setting.action !== WatchdogAction.None) this.#start();\n    return "started";',
      rules: ["WD-03", "WD-16"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/storage/fru.ts" }, [
    {
      name: "bmc-fru-area-is-of-words",
      from: "{ areaBytes, accessByWords: false }",
      to: "{ areaBytes, accessByWords: true }",
      rules: ["FRU-04", "FRU-03"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/event-log.ts" }, [
    {
      name: "bmc-sel-full-is-success",
      from: '      return "full";',
      to: "      return this._lastId;",
      rules: ["SEL-03", "SEL-06", "SEL-08"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/storage/sdr.ts" }, [
    {
      name: "bmc-sdr-next-only-at-the-start",
      from: "{ nextRecordId: found.nextId, data }",
      to: "{ nextRecordId: partial ? 0xffff : found.nextId, data }",
      rules: ["SDR-05"],
    },
  ]),
];
