import { expect, test } from "vitest";
import {
  BootDevice,
  BootParameter,
  bootFlags,
  setSystemBootOptions,
} from "../../../src/ipmi/commands/chassis/boot-options.ts";
import {
  ChassisAction,
  chassisControl,
  getChassisCapabilities,
  getChassisStatus,
  getPohCounter,
  setPowerRestorePolicy,
} from "../../../src/ipmi/commands/chassis/chassis.ts";
import { decodeRequest, parseHex } from "../../../src/ipmi/message.ts";

test("Chassis Control: the power-off and power-cycle frames", () => {
  for (const [frame, action] of [
    ["00 02 00", ChassisAction.PowerDown],
    ["00 02 02", ChassisAction.PowerCycle],
    ["00 02 03", ChassisAction.HardReset],
  ] as const) {
    const { netFn, cmd, data } = decodeRequest(parseHex(frame));
    expect([netFn, cmd]).toEqual([chassisControl.netFn, chassisControl.cmd]);
    expect(chassisControl.request.decode(data)).toEqual({ action });
  }
});

test("Get Chassis Status: each field in its bit, by §28.2", () => {
  const status = getChassisStatus.response.decode(parseHex("41 10 64 82"));
  const on = Object.entries(status).filter(([, value]) => value !== false);
  expect(on).toEqual([
    ["powerOn", true],
    ["powerRestorePolicy", 2],
    ["lastUpByCommand", true],
    ["driveFault", true],
    ["identifyState", 2],
    ["identifySupported", true],
    ["resetButtonDisabled", true],
    ["standbyButtonDisableAllowed", true],
  ]);
  expect("resetButtonDisabled" in getChassisStatus.response.decode(parseHex("41 10 64"))).toBe(
    false,
  );
});

test("Get Chassis Capabilities with and without a bridge", () => {
  const short = getChassisCapabilities.response.decode(parseHex("01 20 20 20 20"));
  expect(short).toMatchObject({ intrusionSensor: true, powerInterlock: false });
  expect("bridgeAddress" in short).toBe(false);
  const long = getChassisCapabilities.response.decode(parseHex("08 20 22 24 26 28"));
  expect(long).toMatchObject({
    powerInterlock: true,
    fruAddress: 0x20,
    sdrAddress: 0x22,
    selAddress: 0x24,
    systemManagementAddress: 0x26,
    bridgeAddress: 0x28,
  });
});

test("Set Power Restore Policy and Get POH Counter", () => {
  expect(
    setPowerRestorePolicy.response.encode({
      supportsOff: true,
      supportsPrevious: false,
      supportsOn: true,
    }),
  ).toEqual(parseHex("05"));
  expect(getPohCounter.response.decode(parseHex("3c 01 02 00 00"))).toEqual({
    minutesPerCount: 60,
    count: 0x201,
  });
});

test("Set System Boot Options: PXE at the next boot only", () => {
  const { data } = decodeRequest(parseHex("00 08 05 80 04 00 00 00"));
  const request = setSystemBootOptions.request.decode(data);
  expect(request).toMatchObject({ selector: BootParameter.BootFlags, invalid: false });
  expect(bootFlags.decode(request.data)).toMatchObject({
    valid: true,
    persistent: false,
    efi: false,
    device: BootDevice.Pxe,
    clearCmos: false,
  });
});

test("boot flags: each field in its bit, by §28.13", () => {
  const flags = bootFlags.decode(parseHex("a0 98 b8 0b 11"));
  expect(flags).toMatchObject({
    valid: true,
    persistent: false,
    efi: true,
    clearCmos: true,
    lockKeyboard: false,
    device: BootDevice.Setup,
    screenBlank: false,
    lockPowerButton: true,
    verbosity: 1,
    forceProgressTraps: true,
    bypassPassword: true,
    lockSleepButton: false,
    consoleRedirection: 0,
    sharedModeOverride: true,
    muxControl: 3,
    deviceInstance: 0x11,
  });
});
