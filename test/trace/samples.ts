import type { Body } from "../../src/trace/events.ts";

const bytes = Uint8Array.of(0x00, 0x1c, 0xff);

/** One of each event, and its line after `n` and `t`. */
export const lines: readonly (readonly [Body, string])[] = [
  [{ e: "host.read", reg: "status", value: 0xc2 }, '"host.read","reg":"status","value":194'],
  [
    { e: "host.write", reg: "command", value: 0x61, tag: 4 },
    '"host.write","reg":"command","value":97,"tag":4',
  ],
  [{ e: "irq", level: 1 }, '"irq","level":1'],
  [{ e: "bmc.read", value: 0x61, command: true }, '"bmc.read","value":97,"command":true'],
  [{ e: "bmc.write", value: 0 }, '"bmc.write","value":0'],
  [{ e: "bmc.status", status: 0x8a }, '"bmc.status","status":138'],
  [{ e: "bmc.code", value: 0xc0 }, '"bmc.code","value":192'],
  [
    { e: "host.bus", op: "start", value: 0x20, outcome: "ack", tag: 4 },
    '"host.bus","op":"start","value":32,"outcome":"ack","tag":4',
  ],
  [
    { e: "bmc.bus", op: "read", value: 3, outcome: "nack" },
    '"bmc.bus","op":"read","value":3,"outcome":"nack"',
  ],
  [{ e: "bmc.alert", level: 1 }, '"bmc.alert","level":1'],
  [
    { e: "host.opal-send", message: bytes, code: "busy", tag: 4 },
    '"host.opal-send","message":"001cff","code":"busy","tag":4',
  ],
  [
    { e: "host.opal-recv", version: 1, room: 273, code: "success", length: 3, message: bytes },
    '"host.opal-recv","version":1,"room":273,"code":"success","length":3,"message":"001cff"',
  ],
  [
    { e: "user", user: "a", what: "bridges", text: "52h on channel 0" },
    '"user","user":"a","what":"bridges","text":"52h on channel 0"',
  ],
  [
    { e: "request", id: 1, user: "a", netFn: 6, lun: 0, cmd: 1, data: bytes },
    '"request","id":1,"user":"a","netFn":6,"lun":0,"cmd":1,"data":"001cff"',
  ],
  [
    { e: "refused", id: 0, user: "a", netFn: 6, cmd: 1, code: "BUSY" },
    '"refused","id":0,"user":"a","netFn":6,"cmd":1,"code":"BUSY"',
  ],
  [{ e: "send", id: 1, message: bytes }, '"send","id":1,"message":"001cff"'],
  [
    { e: "received", id: 1, tag: 1, message: bytes },
    '"received","id":1,"tag":1,"message":"001cff"',
  ],
  [
    { e: "answer", id: 1, cc: 0xc3, maker: "timer", data: new Uint8Array(0), tag: 0 },
    '"answer","id":1,"cc":195,"maker":"timer","data":"","tag":0',
  ],
  [
    { e: "delivered", user: "a", what: "event", message: bytes },
    '"delivered","user":"a","what":"event","message":"001cff"',
  ],
  [
    { e: "noted", message: bytes, once: true, outcome: "not-taken", cc: 0 },
    '"noted","message":"001cff","once":true,"outcome":"not-taken","cc":0',
  ],
  [{ e: "host", what: "up", text: "" }, '"host","what":"up","text":""'],
  [{ e: "run", on: true, cause: "irq" }, '"run","on":true,"cause":"irq"'],
  [{ e: "bmc.request", tag: 1, message: bytes }, '"bmc.request","tag":1,"message":"001cff"'],
  [{ e: "bmc.response", tag: 1, message: bytes }, '"bmc.response","tag":1,"message":"001cff"'],
  [{ e: "bmc.refused", tag: 1, code: "LATE" }, '"bmc.refused","tag":1,"code":"LATE"'],
  [{ e: "bmc", what: "flags", flags: 9, text: "" }, '"bmc","what":"flags","flags":9,"text":""'],
  [
    { e: "fault", name: "faults[0]", what: "fires", on: "bmc", text: "hang" },
    '"fault","name":"faults[0]","what":"fires","on":"bmc","text":"hang"',
  ],
  [{ e: "gap", text: "12 events" }, '"gap","text":"12 events"'],
  [{ e: "console", text: 'a "b"\n\u0007' }, '"console","text":"a \\"b\\"\\n\\u0007"'],
  [{ e: "guest", what: "oops", text: "x" }, '"guest","what":"oops","text":"x"'],
  [{ e: "end", why: "done" }, '"end","why":"done"'],
];
