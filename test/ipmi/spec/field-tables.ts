/**
 * Where each field lies, in the notation of the specification's tables: byte offsets from 1, and
 * a response's data begin at byte 2, after the completion code. `3[7]` is a bit, `3[6:0]` are bits
 * of a byte, `5:6` are bytes with the least significant first, `3:N` is all that is left.
 * Written from the tables, not from the layouts, so that it is a second opinion.
 */
export interface FieldTable {
  readonly section: string;
  readonly request: string;
  readonly response: string;
}

const GLOBAL_ENABLES = (byte: number) =>
  `${byte}[7] oem2, ${byte}[6] oem1, ${byte}[5] oem0, ${byte}[3] systemEventLogging, ` +
  `${byte}[2] eventMessageBuffer, ${byte}[1] eventMessageBufferFullInterrupt, ` +
  `${byte}[0] receiveMessageQueueInterrupt`;
const MESSAGE_FLAGS = (byte: number) =>
  `${byte}[7] oem2, ${byte}[6] oem1, ${byte}[5] oem0, ${byte}[3] watchdogPretimeout, ` +
  `${byte}[1] eventMessageBufferFull, ${byte}[0] receiveMessageAvailable`;
const CHASSIS_CAPABILITIES = (at: number) =>
  `${at}[3] powerInterlock, ${at}[2] diagnosticInterrupt, ${at}[1] frontPanelLockout, ` +
  `${at}[0] intrusionSensor, ${at + 1} fruAddress, ${at + 2} sdrAddress, ${at + 3} selAddress, ` +
  `${at + 4} systemManagementAddress, ${at + 5} bridgeAddress`;
const ALLOCATION =
  "2:3 units, 4:5 unitBytes, 6:7 freeUnits, 8:9 largestFreeUnits, 10 recordUnitsMax";
const GET_RECORD = "1:2 reservationId, 3:4 recordId, 5 offset, 6 count";
const PARTIAL_ADD = "1:2 reservationId, 3:4 recordId, 5 offset, 6[3:0] progress, 7:N data";
const CLEAR = "1:2 reservationId, 3:5 signature, 6 operation";

export const fieldTables: Readonly<Record<string, FieldTable>> = {
  "Get Chassis Capabilities": { section: "28.1", request: "", response: CHASSIS_CAPABILITIES(2) },
  "Get Chassis Status": {
    section: "28.2",
    request: "",
    response:
      "2[6:5] powerRestorePolicy, 2[4] powerControlFault, 2[3] powerFault, 2[2] powerInterlock, " +
      "2[1] powerOverload, 2[0] powerOn, 3[4] lastUpByCommand, 3[3] lastDownByFault, " +
      "3[2] lastDownByInterlock, 3[1] lastDownByOverload, 3[0] lastDownByAcFailure, " +
      "4[6] identifySupported, 4[5:4] identifyState, 4[3] coolingFault, 4[2] driveFault, " +
      "4[1] frontPanelLockout, 4[0] intrusion, 5[7] standbyButtonDisableAllowed, " +
      "5[6] diagnosticButtonDisableAllowed, 5[5] resetButtonDisableAllowed, " +
      "5[4] powerOffButtonDisableAllowed, 5[3] standbyButtonDisabled, " +
      "5[2] diagnosticButtonDisabled, 5[1] resetButtonDisabled, 5[0] powerOffButtonDisabled",
  },
  "Chassis Control": { section: "28.3", request: "1[3:0] action", response: "" },
  "Chassis Identify": { section: "28.5", request: "1 intervalS, 2[0] forceOn", response: "" },
  "Set Chassis Capabilities": { section: "28.7", request: CHASSIS_CAPABILITIES(1), response: "" },
  "Set Power Restore Policy": {
    section: "28.8",
    request: "1[2:0] policy",
    response: "2[2] supportsOn, 2[1] supportsPrevious, 2[0] supportsOff",
  },
  "Get System Restart Cause": {
    section: "28.11",
    request: "",
    response: "2[3:0] cause, 3 channel",
  },
  "Set System Boot Options": {
    section: "28.12",
    request: "1[7] invalid, 1[6:0] selector, 2:N data",
    response: "",
  },
  "Get System Boot Options": {
    section: "28.13",
    request: "1[6:0] selector, 2 setSelector, 3 blockSelector",
    response: "2[3:0] version, 3[7] invalid, 3[6:0] selector, 4:N data",
  },
  "Set Front Panel Button Enables": {
    section: "28.6",
    request: "1[3] disableStandby, 1[2] disableDiagnostic, 1[1] disableReset, 1[0] disablePowerOff",
    response: "",
  },
  "Set Power Cycle Interval": { section: "28.9", request: "1 intervalS", response: "" },
  "Get POH Counter": { section: "28.14", request: "", response: "2 minutesPerCount, 3:6 count" },
  "Set Event Receiver": { section: "29.1", request: "1 address, 2[1:0] lun", response: "" },
  "Get Event Receiver": { section: "29.2", request: "", response: "2 address, 3[1:0] lun" },
  "Platform Event": {
    section: "29.3",
    request:
      "1 generatorId, 2 evmRev, 3 sensorType, 4 sensorNumber, 5[7] deassertion, " +
      "5[6:0] eventType, 6 eventData1, 7 eventData2, 8 eventData3",
    response: "",
  },
  "Get Device ID": {
    section: "20.1",
    request: "",
    response:
      "2 deviceId, 3[7] providesDeviceSdrs, 3[3:0] deviceRevision, 4[7] updateInProgress, " +
      "4[6:0] firmwareMajor, 5 firmwareMinor, 6[7:4] ipmiMinor, 6[3:0] ipmiMajor, " +
      "7[7] chassisDevice, 7[6] bridge, 7[5] ipmbEventGenerator, 7[4] ipmbEventReceiver, " +
      "7[3] fruInventoryDevice, 7[2] selDevice, 7[1] sdrRepositoryDevice, 7[0] sensorDevice, " +
      "8:10[19:0] manufacturerId, 11:12 productId, 13:16 auxiliaryFirmwareRevision",
  },
  "Cold Reset": { section: "20.2", request: "", response: "" },
  "Warm Reset": { section: "20.3", request: "", response: "" },
  "Get Self Test Results": { section: "20.4", request: "", response: "2 result, 3 detail" },
  "Set ACPI Power State": {
    section: "20.6",
    request: "1[7] setSystemState, 1[6:0] systemState, 2[7] setDeviceState, 2[6:0] deviceState",
    response: "",
  },
  "Get ACPI Power State": {
    section: "20.7",
    request: "",
    response: "2[6:0] systemState, 3[6:0] deviceState",
  },
  "Get Device GUID": { section: "20.8", request: "", response: "2:17 guid" },
  "Reset Watchdog Timer": { section: "27.5", request: "", response: "" },
  "Set Watchdog Timer": {
    section: "27.6",
    request:
      "1[7] dontLog, 1[6] dontStop, 1[2:0] use, 2[6:4] pretimeoutInterrupt, 2[2:0] action, " +
      "3 pretimeoutS, 4 clearExpired, 5:6 countdown100ms",
    response: "",
  },
  "Get Watchdog Timer": {
    section: "27.7",
    request: "",
    response:
      "2[7] dontLog, 2[6] running, 2[2:0] use, 3[6:4] pretimeoutInterrupt, 3[2:0] action, " +
      "4 pretimeoutS, 5 expired, 6:7 countdown100ms, 8:9 present100ms",
  },
  "Set BMC Global Enables": { section: "22.1", request: GLOBAL_ENABLES(1), response: "" },
  "Get BMC Global Enables": { section: "22.2", request: "", response: GLOBAL_ENABLES(2) },
  "Clear Message Flags": { section: "22.3", request: MESSAGE_FLAGS(1), response: "" },
  "Get Message Flags": { section: "22.4", request: "", response: MESSAGE_FLAGS(2) },
  "Enable Message Channel Receive": {
    section: "22.5",
    request: "1[3:0] channel, 2[1:0] operation",
    response: "2[3:0] channel, 3[0] enabled",
  },
  "Get Message": {
    section: "22.6",
    request: "",
    response: "2[7:4] privilege, 2[3:0] channel, 3:N message",
  },
  "Send Message": {
    section: "22.7",
    request: "1[7:6] tracking, 1[5] encrypted, 1[4] authenticated, 1[3:0] channel, 2:N message",
    response: "2:N message",
  },
  "Read Event Message Buffer": { section: "22.8", request: "", response: "2:17 record" },
  "Get BT Interface Capabilities": {
    section: "22.10",
    request: "",
    response:
      "2 outstandingRequests, 3 inputBytesMax, 4 outputBytesMax, 5 requestToResponseS, 6 retries",
  },
  "Get System GUID": { section: "22.14", request: "", response: "2:17 guid" },
  "Get Channel Info": {
    section: "22.24",
    request: "1[3:0] channel",
    response:
      "2[3:0] channel, 3[6:0] medium, 4[4:0] protocol, 5[7:6] sessionSupport, " +
      "5[5:0] activeSessions, 6:8 vendorId, 9 auxiliary1, 10 auxiliary2",
  },
  "Get System Interface Capabilities": {
    section: "22.9",
    request: "1[3:0] interfaceType",
    response:
      "3[7:6] transactions, 3[3] pecSupported, 3[2:0] version, 4 inputBytesMax, 5 outputBytesMax",
  },
  "Get FRU Inventory Area Info": {
    section: "34.1",
    request: "1 fruId",
    response: "2:3 areaBytes, 4[0] accessByWords",
  },
  "Read FRU Data": {
    section: "34.2",
    request: "1 fruId, 2:3 offset, 4 count",
    response: "2 count, 3:N data",
  },
  "Write FRU Data": {
    section: "34.3",
    request: "1 fruId, 2:3 offset, 4:N data",
    response: "2 count",
  },
  "Get SDR Repository Info": {
    section: "33.9",
    request: "",
    response:
      "2 version, 3:4 recordCount, 5:6 freeBytes, 7:10 lastAddition, 11:14 lastErase, " +
      "15[7] overflow, 15[6:5] updateModes, 15[3] deleteSupported, 15[2] partialAddSupported, " +
      "15[1] reserveSupported, 15[0] allocationInfoSupported",
  },
  "Get SDR Repository Allocation Info": { section: "33.10", request: "", response: ALLOCATION },
  "Reserve SDR Repository": { section: "33.11", request: "", response: "2:3 reservationId" },
  "Get SDR": { section: "33.12", request: GET_RECORD, response: "2:3 nextRecordId, 4:N data" },
  "Add SDR": { section: "33.13", request: "1:N record", response: "2:3 recordId" },
  "Partial Add SDR": { section: "33.14", request: PARTIAL_ADD, response: "2:3 recordId" },
  "Delete SDR": {
    section: "33.15",
    request: "1:2 reservationId, 3:4 recordId",
    response: "2:3 recordId",
  },
  "Clear SDR Repository": { section: "33.16", request: CLEAR, response: "2[3:0] progress" },
  "Get SDR Repository Time": { section: "33.17", request: "", response: "2:5 time" },
  "Set SDR Repository Time": { section: "33.18", request: "1:4 time", response: "" },
  "Get SEL Info": {
    section: "31.2",
    request: "",
    response:
      "2 version, 3:4 entries, 5:6 freeBytes, 7:10 lastAddition, 11:14 lastErase, " +
      "15[7] overflow, 15[3] deleteSupported, 15[2] partialAddSupported, " +
      "15[1] reserveSupported, 15[0] allocationInfoSupported",
  },
  "Get SEL Allocation Info": { section: "31.3", request: "", response: ALLOCATION },
  "Reserve SEL": { section: "31.4", request: "", response: "2:3 reservationId" },
  "Get SEL Entry": { section: "31.5", request: GET_RECORD, response: "2:3 nextRecordId, 4:N data" },
  "Add SEL Entry": { section: "31.6", request: "1:16 record", response: "2:3 recordId" },
  "Partial Add SEL Entry": { section: "31.7", request: PARTIAL_ADD, response: "2:3 recordId" },
  "Delete SEL Entry": {
    section: "31.8",
    request: "1:2 reservationId, 3:4 recordId",
    response: "2:3 recordId",
  },
  "Clear SEL": { section: "31.9", request: CLEAR, response: "2[3:0] progress" },
  "Get SEL Time": { section: "31.10", request: "", response: "2:5 time" },
  "Set SEL Time": { section: "31.11", request: "1:4 time", response: "" },
  "Get SEL Time UTC Offset": { section: "31.11a", request: "", response: "2:3 offsetMinutes" },
  "Set SEL Time UTC Offset": { section: "31.11b", request: "1:2 offsetMinutes", response: "" },
};

/** SEL records and boot parameters; bytes from 1. */
export const partTables = {
  selfTestFailures:
    "1[7] selInaccessible, 1[6] sdrRepositoryInaccessible, 1[5] bmcFruInaccessible, " +
    "1[4] ipmbLinesNotResponding, 1[3] sdrRepositoryEmpty, 1[2] fruInternalUseAreaCorrupted, " +
    "1[1] bootBlockFirmwareCorrupted, 1[0] operationalFirmwareCorrupted",
  bootSetInProgress: "1[1:0] state",
  bootValidBitClearing:
    "1[4] keepOnPef, 1[3] keepOnTimeout, 1[2] keepOnWatchdog, 1[1] keepOnResetOrSoftReset, " +
    "1[0] keepOnPowerButton",
  bootInfoAcknowledge: "1 writeMask, 2 acknowledged",
  bootFlags:
    "1[7] valid, 1[6] persistent, 1[5] efi, 2[7] clearCmos, 2[6] lockKeyboard, 2[5:2] device, " +
    "2[1] screenBlank, 2[0] lockResetButton, 3[7] lockPowerButton, 3[6:5] verbosity, " +
    "3[4] forceProgressTraps, 3[3] bypassPassword, 3[2] lockSleepButton, " +
    "3[1:0] consoleRedirection, 4[3] sharedModeOverride, 4[2:0] muxControl, " +
    "5[4:0] deviceInstance",
  bootInitiatorInfo: "1[3:0] channel, 2:5 sessionId, 6:9 time",
  bootInitiatorMailbox: "1 block, 2:17 data",
  platformEventFromBus:
    "1 evmRev, 2 sensorType, 3 sensorNumber, 4[7] deassertion, 4[6:0] eventType, " +
    "5 eventData1, 6 eventData2, 7 eventData3",
  sdrHeader: "1:2 recordId, 3 version, 4 recordType, 5 remainingBytes",
  selRecordHeader: "1:2 recordId, 3 recordType, 4:16 body",
  selEventRecord:
    "1:2 recordId, 3 recordType, 4:7 time, 8[7:1] generator, 8[0] generatorIsSoftware, " +
    "9[7:4] channel, 9[1:0] generatorLun, 10 evmRev, 11 sensorType, 12 sensorNumber, " +
    "13[7] deassertion, 13[6:0] eventType, 14 eventData1, 15 eventData2, 16 eventData3",
  selOemTimestampedRecord: "1:2 recordId, 3 recordType, 4:7 time, 8:10 manufacturerId, 11:16 data",
  selOemRecord: "1:2 recordId, 3 recordType, 4:16 data",
} as const;
