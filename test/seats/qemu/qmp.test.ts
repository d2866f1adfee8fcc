import { expect, test } from "vitest";
import { Qmp } from "../../../src/seats/qemu/index.ts";
import { ScriptChannel } from "./script-channel.ts";

const OPEN = [
  '> {"execute":"qmp_capabilities","id":1}',
  '< {"QMP": {"version": {}, "capabilities": []}}',
  '< {"return": {}, "id": 1}',
];

test("a command is done when the call returns, and events are kept", () => {
  const channel = new ScriptChannel([
    ...OPEN,
    '> {"execute":"qom-get","arguments":{"path":"/machine","property":"type"},"id":2}',
    '< {"event": "RESET", "data": {"guest": true}, "timestamp": {"seconds": 1}}',
    '< {"return": "pc", "id": 2}',
    '> {"execute":"query-status","id":3}',
    '< {"event": "SHUTDOWN", "timestamp": {"seconds": 2}}',
    '< {"return": {"status": "running"}, "id": 3}',
  ]);
  const qmp = new Qmp(channel);
  qmp.open();
  expect(qmp.execute("qom-get", { path: "/machine", property: "type" })).toBe("pc");
  expect(qmp.sync().map((told) => told.event)).toEqual(["RESET", "SHUTDOWN"]);
  channel.done();
});

test("a refusal says which command it was", () => {
  const channel = new ScriptChannel([
    ...OPEN,
    '> {"execute":"cont","id":2}',
    '< {"error": {"class": "GenericError", "desc": "no"}, "id": 2}',
  ]);
  const qmp = new Qmp(channel);
  qmp.open();
  expect(() => qmp.execute("cont")).toThrow("cont: no");
  channel.done();
});
