import { expect, test } from "vitest";
import {
  EvmRev,
  platformEvent,
  platformEventFromBus,
} from "../../../src/ipmi/commands/sensor-event/event.ts";
import { CLEAR_SIGNATURE, ClearOperation } from "../../../src/ipmi/commands/storage/allocation.ts";
import {
  getFruInventoryAreaInfo,
  readFruData,
  writeFruData,
} from "../../../src/ipmi/commands/storage/fru.ts";
import { getSdr, getSdrRepositoryInfo, sdrHeader } from "../../../src/ipmi/commands/storage/sdr.ts";
import {
  addSelEntry,
  clearSel,
  getSelEntry,
  getSelInfo,
  setSelTimeUtcOffset,
} from "../../../src/ipmi/commands/storage/sel.ts";
import {
  decodeSelRecord,
  selRecordHasTime,
  selRecordKind,
} from "../../../src/ipmi/commands/storage/sel-record.ts";
import { decodeRequest, Malformed, parseHex } from "../../../src/ipmi/message.ts";

test("Platform Event: the record of a panic, from a system interface", () => {
  const { netFn, cmd, data } = decodeRequest(parseHex("1002410320736fa17973"));
  expect([netFn, cmd]).toEqual([platformEvent.netFn, platformEvent.cmd]);
  expect(platformEvent.request.decode(data)).toEqual({
    generatorId: 0x41,
    evmRev: EvmRev.V10,
    sensorType: 0x20,
    sensorNumber: 0x73,
    eventType: 0x6f,
    deassertion: false,
    eventData1: 0xa1,
    eventData2: 0x79,
    eventData3: 0x73,
  });
});

test("Platform Event: event data 2 and 3 may be missing, and a bus leaves out the generator", () => {
  const short = platformEventFromBus.decode(parseHex("04 01 30 81 57"));
  expect(short).toEqual({
    evmRev: EvmRev.V15,
    sensorType: 1,
    sensorNumber: 0x30,
    eventType: 1,
    deassertion: true,
    eventData1: 0x57,
  });
  expect(platformEventFromBus.decode(parseHex("04 01 30 81 57 10 11"))).toMatchObject({
    eventData3: 0x11,
  });
  expect(platformEvent.request.size).toEqual({ min: 6, max: 8 });
});

test("Add SEL Entry: the first piece of a panic string", () => {
  const { netFn, cmd, data } = decodeRequest(parseHex("28440000f020007379737271207472696767"));
  expect([netFn, cmd]).toEqual([addSelEntry.netFn, addSelEntry.cmd]);
  const entry = decodeSelRecord(addSelEntry.request.decode(data).record);
  expect(entry).toMatchObject({ kind: "oem", record: { recordId: 0, recordType: 0xf0 } });
  if (entry.kind !== "oem") return;
  expect(entry.record.data).toEqual(parseHex("20 00 73 79 73 72 71 20 74 72 69 67 67"));
});

test("a SEL event record: a software event, and its fields by §32.1", () => {
  const entry = decodeSelRecord(parseHex("0100 02 00e1f505 41 f2 04 23 01 ef c1 04 ff"));
  expect(entry).toEqual({
    kind: "event",
    record: {
      recordId: 1,
      recordType: 2,
      time: 100_000_000,
      generatorIsSoftware: true,
      generator: 0x20,
      generatorLun: 2,
      channel: 0xf,
      evmRev: 4,
      sensorType: 0x23,
      sensorNumber: 1,
      eventType: 0x6f,
      deassertion: true,
      eventData1: 0xc1,
      eventData2: 4,
      eventData3: 0xff,
    },
  });
});

test("a SEL record of an OEM, with a time", () => {
  const entry = decodeSelRecord(parseHex("0200 c0 01000000 570100 010203040506"));
  expect(entry).toEqual({
    kind: "oem-timestamped",
    record: {
      recordId: 2,
      recordType: 0xc0,
      time: 1,
      manufacturerId: 0x157,
      data: parseHex("010203040506"),
    },
  });
  expect(() => decodeSelRecord(new Uint8Array(15))).toThrow(Malformed);
});

test("every SEL record type has one kind, and decodes as it", () => {
  for (let recordType = 0; recordType <= 0xff; recordType++) {
    const kind = selRecordKind(recordType);
    if (recordType === 0x02) expect(kind).toBe("event");
    else if (recordType < 0xc0) expect(kind).toBe("reserved");
    else expect(kind).toBe(recordType < 0xe0 ? "oem-timestamped" : "oem");
    expect(selRecordHasTime(recordType)).toBe(kind !== "oem");
    const entry = decodeSelRecord(new Uint8Array(16).fill(recordType, 2, 3));
    expect([entry.kind, entry.record.recordType]).toEqual([kind, recordType]);
  }
});

test("Get SEL Info, Get SEL Entry and Clear SEL", () => {
  const info = getSelInfo.response.decode(parseHex("51 0200 e0ff 01000000 02000000 8a"));
  expect(info).toEqual({
    version: 0x51,
    entries: 2,
    freeBytes: 0xffe0,
    lastAddition: 1,
    lastErase: 2,
    allocationInfoSupported: false,
    reserveSupported: true,
    partialAddSupported: false,
    deleteSupported: true,
    overflow: true,
  });
  expect(getSelEntry.request.decode(parseHex("0000 ffff 00 ff"))).toEqual({
    reservationId: 0,
    recordId: 0xffff,
    offset: 0,
    count: 0xff,
  });
  expect(
    clearSel.request.encode({
      reservationId: 0x1234,
      signature: CLEAR_SIGNATURE,
      operation: ClearOperation.Initiate,
    }),
  ).toEqual(parseHex("34 12 43 4c 52 aa"));
});

test("Set SEL Time UTC Offset: west of Greenwich is negative", () => {
  expect(setSelTimeUtcOffset.request.encode({ offsetMinutes: -300 })).toEqual(parseHex("d4 fe"));
});

test("Get SDR Repository Info and Get SDR", () => {
  const info = getSdrRepositoryInfo.response.decode(parseHex("51 0500 feff 00000000 ffffffff a2"));
  expect(info).toMatchObject({
    recordCount: 5,
    freeBytes: 0xfffe,
    lastErase: 0xffff_ffff,
    reserveSupported: true,
    allocationInfoSupported: false,
    updateModes: 1,
    overflow: true,
  });
  const part = getSdr.response.decode(parseHex("ffff 0100 51 01 2b"));
  expect(part.nextRecordId).toBe(0xffff);
  expect(sdrHeader.decode(part.data)).toEqual({
    recordId: 1,
    version: 0x51,
    recordType: 1,
    remainingBytes: 0x2b,
  });
});

test("FRU: area info, read and write", () => {
  expect(getFruInventoryAreaInfo.response.decode(parseHex("00 08 01"))).toEqual({
    areaBytes: 0x800,
    accessByWords: true,
  });
  expect(readFruData.request.encode({ fruId: 0, offset: 0x102, count: 8 })).toEqual(
    parseHex("00 02 01 08"),
  );
  expect(readFruData.response.decode(parseHex("02 aa bb"))).toEqual({
    count: 2,
    data: parseHex("aabb"),
  });
  expect(writeFruData.request.decode(parseHex("00 00 01 55")).data).toEqual(parseHex("55"));
});
