import { bugsIn } from "../bug.ts";

/** Slips in a BMC's records, inventory and clock that few questions bring to light. */
export const BMC_RECORDS = [
  ...bugsIn({ party: "bmc", file: "bmc/commands/storage/sel.ts" }, [
    {
      name: "bmc-sel-free-in-records",
      from: "freeBytes: Math.min(log.freeBytes, FREE_BYTES_MAX),",
      to: "freeBytes: log.capacity - log.length,",
      rules: ["SEL-13"],
    },
    {
      name: "bmc-sel-reserve-not-named",
      from: "reserveSupported: true,",
      to: "reserveSupported: false,",
      rules: ["SEL-14"],
    },
    {
      name: "bmc-sel-version-turned",
      from: "const VERSION = 0x51;",
      to: "const VERSION = 0x15;",
      rules: ["SEL-14"],
    },
    {
      name: "bmc-sel-erased-and-in-progress",
      from: "if (operation === ClearOperation.Status) return { progress: ErasureProgress.Completed };",
      to: "if (operation === ClearOperation.Status) return { progress: ErasureProgress.InProgress };",
      rules: ["SEL-15"],
    },
    {
      name: "bmc-sel-clear-any-signature",
      from: "    if (signature !== CLEAR_SIGNATURE) return Cc.InvalidField;\n",
      to: "",
      rules: ["MSG-11"],
    },
    {
      name: "bmc-sel-clear-knows-no-status",
      from: "    if (operation === ClearOperation.Status) return { progress: ErasureProgress.Completed };\n",
      to: "",
      rules: ["MSG-03"],
    },
    {
      name: "bmc-sel-pieces-change-their-id",
      from: "if (request.progress !== LAST_PIECE) return { recordId };\n    const record",
      to: "if (request.progress !== LAST_PIECE) return { recordId: recordId + 1 };\n    const record",
      rules: ["SEL-11"],
    },
    {
      name: "bmc-sel-pieces-without-reservation",
      from: "    if (!log.reservation.holds(request.reservationId)) return Cc.ReservationCanceled;\n    const recordId = log.nextId;",
      to: "    const recordId = log.nextId;",
      rules: ["SEL-01"],
    },
    {
      name: "bmc-sel-absent-is-out-of-range",
      from: "    const found = log.find(request.recordId);\n    if (found === undefined) return Cc.NotPresent;",
      to: "    const found = log.find(request.recordId);\n    if (found === undefined) return {nextRecordId: 0xffff, data: new Uint8Array(16)};",
      rules: ["SEL-10", "SEL-03"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/event-log.ts" }, [
    {
      name: "bmc-sel-free-does-not-fall",
      from: "(this.capacity - this.length) * SEL_RECORD_BYTES",
      to: "this.capacity * SEL_RECORD_BYTES",
      rules: ["SEL-13", "SEL-06"],
    },
    {
      name: "bmc-sel-overflow-outlives-the-clear",
      from: "    this._overflow = false;\n    this._lastEraseS",
      to: "    this._lastEraseS",
      rules: ["SEL-06"],
    },
    {
      name: "bmc-sel-addition-has-no-time",
      from: "    this._lastAddS = this._clock.seconds();\n",
      to: "",
      rules: ["SEL-07"],
    },
    {
      name: "bmc-sel-deletion-has-no-time",
      from: "    this._entries.splice(index, 1);\n    this._lastEraseS = this._clock.seconds();\n",
      to: "    this._entries.splice(index, 1);\n",
      rules: ["SEL-07"],
    },
    {
      name: "bmc-sel-time-in-every-record",
      from: "if (selRecordHasTime(typeOf(record))) {",
      to: "if (typeOf(record) !== 0) {",
      rules: ["SEL-08"],
    },
    {
      name: "bmc-sel-record-without-time",
      from: "if (selRecordHasTime(typeOf(record))) {",
      to: "if (typeOf(record) >= 0xc0 && selRecordHasTime(typeOf(record))) {",
      rules: ["SEL-07", "SEL-08"],
    },
    {
      name: "bmc-sel-time-turned",
      from: "view.setUint32(TIMESTAMP_AT, this._clock.seconds(), true);",
      to: "view.setUint32(TIMESTAMP_AT, this._clock.seconds());",
      rules: ["SEL-07", "SEL-08"],
    },
    {
      name: "bmc-sel-delete-takes-the-next",
      from: "this._entries.splice(index, 1);",
      to: "this._entries.splice(index + 1, 1);",
      rules: ["SEL-10"],
    },
    {
      name: "bmc-sel-delete-takes-two",
      from: "this._entries.splice(index, 1);",
      to: "this._entries.splice(index, 2);",
      rules: ["SEL-10", "SEL-03"],
    },
    {
      name: "bmc-sel-delete-names-another",
      from: "    return entry.id;\n",
      to: "    return this._entries[0]?.id ?? entry.id;\n",
      rules: ["SEL-10"],
    },
    {
      name: "bmc-sel-newest-first",
      from: "this._entries.push({ id, bytes });",
      to: "this._entries.unshift({ id, bytes });",
      rules: ["SEL-03"],
    },
    {
      name: "bmc-sel-clear-keeps-the-reservation",
      from: "    this._lastEraseS = this._clock.seconds();\n    this.reservation.cancel();",
      to: "    this._lastEraseS = this._clock.seconds();",
      rules: ["SEL-02"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/clock.ts" }, [
    {
      name: "bmc-clock-cannot-be-set",
      from: "    this._baseS = seconds;\n",
      to: "",
      rules: ["SEL-07"],
    },
    {
      name: "bmc-clock-in-milliseconds",
      from: "/ SECOND_US)",
      to: "/ 1_000)",
      rules: ["SEL-07"],
    },
    {
      name: "bmc-clock-stands",
      from: "return Math.min(this._baseS + elapsedS, TIME_MAX);",
      to: "return elapsedS < 0 ? TIME_MAX : this._baseS;",
      rules: ["SEL-07"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/storage/time.ts" }, [
    {
      name: "bmc-utc-offset-without-sign",
      from: "unspecified ? undefined : offsetMinutes;",
      to: "unspecified ? undefined : Math.abs(offsetMinutes);",
      rules: ["SEL-12"],
    },
    {
      name: "bmc-utc-offset-of-days",
      from: "const UTC_OFFSET_MINUTES_MAX = 1_440;",
      to: "const UTC_OFFSET_MINUTES_MAX = 14_400;",
      rules: ["MSG-11"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/storage/sdr.ts" }, [
    {
      name: "bmc-sdr-erased-and-in-progress",
      from: "if (operation === ClearOperation.Status) return { progress: ErasureProgress.Completed };",
      to: "if (operation === ClearOperation.Status) return { progress: ErasureProgress.InProgress };",
      rules: ["SDR-15"],
    },
    {
      name: "bmc-sdr-cleared-without-reservation",
      from: "    if (!sdr.reservation.holds(reservationId)) return Cc.ReservationCanceled;\n    sdr.clear();",
      to: "    sdr.clear();",
      rules: ["SDR-01"],
    },
    {
      name: "bmc-sdr-deleted-without-reservation",
      from: "    if (!sdr.reservation.holds(request.reservationId)) return Cc.ReservationCanceled;\n    const recordId = sdr.delete",
      to: "    const recordId = sdr.delete",
      rules: ["SDR-01"],
    },
    {
      name: "bmc-sdr-whole-record-needs-reservation",
      from: "const partial = request.offset !== 0;",
      to: "const partial = request.offset >= 0;",
      rules: ["SDR-01"],
    },
    {
      name: "bmc-sdr-delete-not-named",
      from: "deleteSupported: true,",
      to: "deleteSupported: false,",
      rules: ["SDR-14"],
    },
    {
      name: "bmc-sdr-more-free-than-there-is",
      from: "const freeUnits = sdr.freeBytes / UNIT_BYTES;",
      to: "const freeUnits = sdr.freeBytes;",
      rules: ["SDR-13"],
    },
    {
      name: "bmc-sdr-wrong-length-taken",
      from: '    if (recordId === "length") return Cc.RequestLengthInvalid;',
      to: '    if (recordId === "length") return { recordId: sdr.nextId };',
      rules: ["MSG-11"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/sdr-repository.ts" }, [
    {
      name: "bmc-sdr-delete-answers-what-was-asked",
      from: "    return idOf(record);\n",
      to: "    return id;\n",
      rules: ["SDR-10"],
    },
    {
      name: "bmc-sdr-clear-keeps-the-reservation",
      from: "    this._lastEraseS = this._clock.seconds();\n    this.reservation.cancel();",
      to: "    this._lastEraseS = this._clock.seconds();",
      rules: ["SDR-02"],
    },
    {
      name: "bmc-sdr-ids-from-zero",
      from: "do id = id === RECORD_ID_MAX ? 1 : id + 1;\n    while (this._records",
      to: "if (this._records.length === 0) return 0;\n    do id = id === RECORD_ID_MAX ? 1 : id + 1;\n    while (this._records",
      rules: ["SDR-05"],
    },
    {
      name: "bmc-sdr-clear-keeps-the-first",
      from: "this._records.length = 0;",
      to: "this._records.length = 1;",
      rules: ["SDR-10"],
    },
    {
      name: "bmc-sdr-last-is-the-first",
      from: "if (id === RecordId.Last) return this.length - 1;",
      to: "if (id === RecordId.Last) return 0;",
      rules: ["SDR-05", "SDR-10"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/record-store.ts" }, [
    {
      name: "bmc-record-last-piece-refused",
      from: 'return end > record.length ? "count"',
      to: 'return end >= record.length && count !== WHOLE_RECORD ? "count"',
      rules: ["SEL-08", "SDR-08"],
    },
    {
      name: "bmc-record-pieces-overlap",
      from: 'if (piece.offset !== this._bytes.length) return "offset";',
      to: 'if (piece.offset !== 0 && piece.offset !== this._bytes.length - 1) return "offset";',
      rules: ["SEL-11", "SDR-12"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/fru-inventory.ts" }, [
    {
      name: "bmc-fru-writes-at-even-places",
      from: ".set(data, offset);",
      to: ".set(data, offset & ~1);",
      rules: ["FRU-03"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/commands/storage/fru.ts" }, [
    {
      name: "bmc-fru-area-too-small",
      from: "{ areaBytes, accessByWords: false }",
      to: "{ areaBytes: areaBytes - 8, accessByWords: false }",
      rules: ["FRU-04"],
    },
    {
      name: "bmc-fru-last-block-refused",
      from: "if (offset >= areaBytes) return",
      to: "if (offset + 16 >= areaBytes) return",
      rules: ["FRU-04"],
    },
    {
      name: "bmc-fru-write-within-refused",
      from: "if (offset + data.length > areaBytes) return",
      to: "if (offset + data.length > areaBytes / 4) return",
      rules: ["FRU-04"],
    },
  ]),
  ...bugsIn({ party: "bmc", file: "bmc/stores/record-store.ts" }, [
    {
      name: "bmc-record-whole-is-255-bytes",
      from: "const end = count === WHOLE_RECORD ? record.length : offset + count;",
      to: "const end = offset + (count | (WHOLE_RECORD & 0));",
      rules: ["SEL-08", "SDR-08"],
    },
  ]),
];
