import { describe, expect, test } from "vitest";
import {
  type Answer,
  HOST_OPTIONS,
  Refused,
  type RequestSpec,
  type User,
} from "../../../src/host/index.ts";
import { decodeIpmb, type IpmbFrame, ipmbResponse } from "../../../src/ipmi/ipmb.ts";
import { reply } from "../fake-bmc.ts";
import { collector, hex, Rig } from "../rig.ts";

const ADDRESS = 0x52;
const RETRY_US = HOST_OPTIONS.ipmbRetryTimeMs * 1_000;

function spec(more: Partial<RequestSpec> = {}): RequestSpec {
  const address = { kind: "ipmb", channel: 0, address: ADDRESS, lun: 1 } as const;
  return { netFn: 0x04, cmd: 0x01, data: Uint8Array.of(7), address, ...more };
}

/** A rig whose IPMB has one controller, which answers as `answer` says. */
function bus(answer: (frame: IpmbFrame, n: number) => readonly number[] | undefined) {
  const rig = new Rig().up();
  const frames: IpmbFrame[] = [];
  rig.bmc.onIpmb = (channel, message) => {
    const frame = decodeIpmb(message[0] === 0 ? message.subarray(1) : message);
    frames.push(frame);
    const data = answer(frame, frames.length);
    if (data === undefined) return;
    rig.bmc.queueIpmb(channel, ipmbResponse(frame, Uint8Array.from(data)));
  };
  return { rig, frames, user: rig.stack.createUser("user") };
}

function submit(user: User, request: RequestSpec): Answer[] {
  const answers: Answer[] = [];
  user.submit(request, (answer) => answers.push(answer));
  return answers;
}

describe("a request over IPMB", () => {
  test("goes by Send Message and its answer comes through the queue", () => {
    const { rig, frames, user } = bus(() => [0x00, 0xaa, 0xbb]);
    const answer = rig.ask(user, spec());
    expect(answer).toMatchObject({ cc: 0, maker: "remote", netFn: 4, cmd: 1 });
    expect(answer.data).toEqual(Uint8Array.of(0xaa, 0xbb));
    expect(frames).toMatchObject([
      { to: ADDRESS, toLun: 1, netFn: 4, from: 0x20, fromLun: 2, cmd: 1, data: Uint8Array.of(7) },
    ]);
    expect(rig.stack.statistics).toMatchObject({
      sent_ipmb_commands: 1,
      handled_ipmb_responses: 1,
    });
  });

  // The specification's own example: Set Event Receiver to 52h. @see IPMI 2.0 §22.7
  test("looks on the wire as the specification prints it, but for our own addresses", () => {
    const { rig, user } = bus(() => [0]);
    rig.ask(user, {
      netFn: 0x04,
      cmd: 0x00,
      data: Uint8Array.of(0x20, 0x00),
      address: { kind: "ipmb", channel: 0, address: 0x52 },
    });
    const sent = rig.seen().find((request) => request.startsWith("18 34"));
    expect(sent).toBe("18 34 00 52 10 9e 20 02 00 20 00 be");
  });

  test("is repeated after its time, and given up after its last try", () => {
    const { rig, frames, user } = bus(() => undefined);
    const fromUs = rig.time.nowUs;
    const answer = rig.ask(user, spec({ retries: 2 }));
    expect(answer).toMatchObject({ cc: 0xc3, maker: "timer" });
    expect(frames.length).toBe(3);
    expect(new Set(frames.map((frame) => frame.sequence)).size).toBe(1);
    const us = rig.time.nowUs - fromUs;
    expect(us).toBeGreaterThan(3 * RETRY_US);
    expect(us).toBeLessThan(3 * RETRY_US + 100_000);
    expect(rig.stack.statistics).toMatchObject({
      retransmitted_ipmb_commands: 2,
      timed_out_ipmb_commands: 1,
    });
  });

  test("is repeated four times by default, every two seconds", () => {
    const { rig, frames, user } = bus(() => undefined);
    const fromUs = rig.time.nowUs;
    rig.ask(user, spec());
    expect(frames.length).toBe(5);
    expect(Math.round((rig.time.nowUs - fromUs) / RETRY_US)).toBe(5);
  });

  test("that was repeated is answered once, even if both are answered", () => {
    const { rig, user } = bus((_, n) => (n === 1 ? undefined : [0, n]));
    const answers = submit(user, spec());
    rig.run(RETRY_US + 100_000);
    expect(answers).toMatchObject([{ cc: 0 }]);
    rig.run(10_000_000);
    expect(answers.length).toBe(1);
  });

  test("broadcast is sent once", () => {
    const { rig, frames, user } = bus(() => undefined);
    const address = { kind: "ipmb", channel: 0, address: ADDRESS, broadcast: true } as const;
    expect(rig.ask(user, spec({ address }))).toMatchObject({ cc: 0xc3, maker: "timer" });
    expect(frames.length).toBe(1);
    expect(rig.stack.statistics.timed_out_ipmb_broadcasts).toBe(1);
    expect(rig.seen().find((request) => request.startsWith("18 34 00 00 52"))).toBeDefined();
  });

  test.each([0xc0, 0x81, 0x82, 0x83])("the bus's code %i is worth another try", (cc) => {
    const { rig, user } = bus(() => [0]);
    let left = 1;
    rig.bmc.behaviour = (request) => {
      return request[1] === 0x34 && left-- > 0 ? reply(request, cc) : "default";
    };
    const fromUs = rig.time.nowUs;
    expect(rig.ask(user, spec())).toMatchObject({ cc: 0, maker: "remote" });
    expect(rig.time.nowUs - fromUs).toBeGreaterThanOrEqual(RETRY_US);
  });

  test.each([0x80, 0xc1, 0xd3, 0xff])("the bus's code %i ends it", (cc) => {
    const { rig, user } = bus(() => [0]);
    rig.bmc.behaviour = (request) => (request[1] === 0x34 ? reply(request, cc) : "default");
    expect(rig.ask(user, spec(), 100_000)).toMatchObject({ cc, maker: "bmc" });
    expect(rig.stack.statistics.sent_ipmb_command_errs).toBe(1);
  });

  const strangers: readonly (readonly [string, (frame: IpmbFrame) => IpmbFrame, number])[] = [
    ["another sequence number", (frame) => ({ ...frame, sequence: frame.sequence ^ 1 }), 0],
    ["another address", (frame) => ({ ...frame, from: 0x54 }), 0],
    ["another LUN", (frame) => ({ ...frame, fromLun: 3 }), 0],
    ["another command", (frame) => ({ ...frame, cmd: 2 }), 0],
    ["another NetFn", (frame) => ({ ...frame, netFn: 0x07 }), 0],
    ["another channel", (frame) => frame, 2],
    ["no completion code", (frame) => ({ ...frame, data: new Uint8Array(0) }), 0],
  ];
  test.each(strangers)("is not answered by %s", (_, change, channel) => {
    const { rig, frames, user } = bus(() => undefined);
    rig.bmc.channels = [1, 4, 1];
    rig.bmc.deviceId[14] = 9;
    rig.run(11_000_000);
    const answers = submit(user, spec());
    rig.run(200_000);
    const [frame] = frames;
    if (frame === undefined) throw new Error("sent");
    rig.bmc.queueIpmb(channel, change(ipmbResponse(frame, Uint8Array.of(0, 1))));
    rig.attention();
    rig.run(1_000_000);
    expect(answers).toEqual([]);
    expect(rig.stack.statistics.unhandled_ipmb_responses).toBe(1);
    rig.bmc.queueIpmb(0, ipmbResponse(frame, Uint8Array.of(0, 1)));
    rig.attention();
    rig.run(100_000);
    expect(answers).toMatchObject([{ cc: 0 }]);
  });

  test("is not answered by bytes with a wrong checksum", () => {
    const { rig, frames, user } = bus(() => undefined);
    const answers = submit(user, spec());
    rig.run(100_000);
    const [frame] = frames;
    if (frame === undefined) throw new Error("sent");
    rig.bmc.queueIpmb(0, ipmbResponse(frame, Uint8Array.of(0, 1)));
    const [queued] = rig.bmc.queue;
    if (queued !== undefined) queued[queued.length - 1] = (queued.at(-1) ?? 0) ^ 1;
    rig.attention();
    rig.run(100_000);
    expect(answers).toEqual([]);
    expect(rig.stack.statistics.invalid_ipmb_responses).toBe(1);
  });

  test("finds all 64 sequence numbers, and no 65th", () => {
    const { rig, frames, user } = bus(() => undefined);
    const answers = Array.from({ length: 64 }, () => submit(user, spec({ retries: 0 })));
    expect(() => submit(user, spec())).toThrow(Refused);
    expect(rig.events("refused").at(-1)?.code).toBe("SEQUENCE_TABLE_FULL");
    rig.run(1_000_000);
    expect(new Set(frames.map((frame) => frame.sequence)).size).toBe(64);
    rig.run(3_000_000);
    expect(answers.every((each) => each[0]?.cc === 0xc3)).toBe(true);
    expect(user.outstanding).toBe(0);
  });

  test("M3: a late answer does not meet the number's next owner", () => {
    const { rig, frames, user } = bus(() => undefined);
    const early = rig.ask(user, spec({ retries: 0 }));
    expect(early.cc).toBe(0xc3);
    const [frame] = frames;
    if (frame === undefined) throw new Error("sent");
    const next = submit(user, spec({ cmd: 0x01 }));
    rig.run(100_000);
    rig.bmc.queueIpmb(0, ipmbResponse(frame, Uint8Array.of(0, 0xee)));
    rig.attention();
    rig.run(100_000);
    expect(next).toEqual([]);
  });

  test("to a controller in maintenance is given more time", () => {
    const { rig, frames, user } = bus(() => undefined);
    const fromUs = rig.time.nowUs;
    rig.ask(user, spec({ netFn: 0x08, retries: 1 }));
    expect(frames.length).toBe(2);
    const us = HOST_OPTIONS.ipmbMaintenanceRetryTimeMs * 2_000;
    expect(Math.abs(rig.time.nowUs - fromUs - us)).toBeLessThan(100_000);
  });

  test("of a user who goes is forgotten: no retry, no answer, and its number is free", () => {
    const { rig, frames, user } = bus(() => undefined);
    const answers = submit(user, spec());
    rig.run(100_000);
    user.destroy();
    rig.run(20_000_000);
    expect(frames.length).toBe(1);
    expect(answers).toMatchObject([{ cc: 0xce, maker: "host-handler" }]);
    const [frame] = frames;
    if (frame === undefined) throw new Error("sent");
    rig.bmc.queueIpmb(0, ipmbResponse(frame, Uint8Array.of(0)));
    rig.attention();
    rig.ask(rig.stack.createUser("other"), { netFn: 6, cmd: 1 });
    rig.run(100_000);
    expect(answers.length).toBe(1);
    expect(rig.stack.statistics.unhandled_ipmb_responses).toBe(1);
  });

  test("ends with the interface when that fails", () => {
    const { rig, user } = bus(() => undefined);
    const answers = submit(user, spec());
    rig.run(100_000);
    rig.frozen = true;
    rig.run(10_000_000);
    expect(answers).toMatchObject([{ cc: 0x82, maker: "host-interface" }]);
    rig.run(30_000_000);
    expect(answers.length).toBe(1);
  });

  test.each([
    [0, 0x00, "remote"],
    [1, 0xd3, "host-handler"],
  ])("accepted before the channels are known, on channel %i", (channel, cc, maker) => {
    const rig = new Rig();
    rig.bmc.onIpmb = (on, message) => {
      rig.bmc.queueIpmb(on, ipmbResponse(decodeIpmb(message), Uint8Array.of(0)));
    };
    rig.stack.start();
    const address = { kind: "ipmb", channel, address: ADDRESS } as const;
    const answer = rig.ask(rig.stack.createUser("user"), spec({ address }));
    expect(answer).toMatchObject({ cc, maker });
    rig.run(100_000);
    const sends = rig.seen().filter((request) => request.startsWith("18 34"));
    expect(sends.length).toBe(channel === 0 ? 1 : 0);
  });
});

describe("an incoming command", () => {
  const command: IpmbFrame = {
    to: 0x20,
    toLun: 2,
    netFn: 0x30,
    from: ADDRESS,
    fromLun: 1,
    sequence: 9,
    cmd: 0x77,
    data: Uint8Array.of(1, 2),
  };

  function rigWith(channel: number, bytes: Uint8Array | undefined) {
    const rig = new Rig().up();
    const sent: string[] = [];
    rig.bmc.onIpmb = (on, message) => sent.push(`${on}: ${hex(message)}`);
    if (bytes === undefined) rig.bmc.queueIpmb(channel, command);
    else rig.bmc.queue.push(bytes);
    rig.attention();
    return { rig, sent };
  }

  test("that nobody receives is answered C1h", () => {
    const { rig, sent } = rigWith(0, undefined);
    rig.ask(rig.stack.createUser("user"), { netFn: 6, cmd: 1 });
    rig.run(100_000);
    expect(sent).toEqual(["0: 52 c5 e9 20 26 77 c1 82"]);
    expect(rig.stack.statistics.unhandled_commands).toBe(1);
  });

  test("M16: on a LAN channel, too, with its session's handle", () => {
    // Channel, handle, and a whole frame from 81h, a remote console.
    const bytes = Uint8Array.of(0x41, 0x03, 0x20, 0xc0, 0x20, 0x81, 0x24, 0x77, 0x01, 0xe3);
    const { rig, sent } = rigWith(1, bytes);
    rig.ask(rig.stack.createUser("user"), { netFn: 6, cmd: 1 });
    rig.run(100_000);
    expect(sent).toEqual(["1: 03 81 c4 bb 20 24 77 c1 84"]);
  });

  test("reaches the one who receives it, and his response its sender", () => {
    const { rig, sent } = rigWith(0, undefined);
    const { deliveries, onDelivery } = collector();
    const user = rig.stack.createUser("receiver", { onDelivery });
    user.receive({ netFn: 0x30, cmd: 0x77, channels: [0] });
    rig.run(100_000);
    expect(sent).toEqual([]);
    const [delivery] = deliveries;
    if (delivery?.what !== "command") throw new Error("a command is delivered");
    expect(delivery).toMatchObject({ channel: 0, frame: command });
    const taken: Answer[] = [];
    user.respond(delivery, Uint8Array.of(0x00, 0x5a), (answer) => taken.push(answer));
    rig.run(100_000);
    expect(sent).toEqual(["0: 52 c5 e9 20 26 77 00 5a e9"]);
    expect(taken).toMatchObject([{ cc: 0, maker: "bmc" }]);
    expect(() => user.respond(delivery, new Uint8Array(300))).toThrow(Refused);
    expect(rig.stack.statistics.handled_commands).toBe(1);
  });

  test("has one receiver on each channel", () => {
    const rig = new Rig().up();
    const a = rig.stack.createUser("a");
    const b = rig.stack.createUser("b");
    a.receive({ netFn: 0x30, cmd: 1, channels: [0, 1] });
    expect(() => b.receive({ netFn: 0x30, cmd: 1, channels: [1, 2] })).toThrow(Refused);
    expect(() => b.receive({ netFn: 0x30, cmd: 1 })).toThrow(Refused);
    b.receive({ netFn: 0x30, cmd: 1, channels: [2] });
    b.receive({ netFn: 0x30, cmd: 2 });
    a.destroy();
    b.receive({ netFn: 0x30, cmd: 1, channels: [0, 1] });
  });

  test.each([
    ["nothing", []],
    ["a channel alone", [0x00]],
    ["too few bytes", [0x00, 0xc0, 0x20, 0x52, 0x24, 0x77]],
    ["an unknown channel", [0x05, 0xc0, 0x20, 0x52, 0x24, 0x77, 0x13]],
    ["a system interface's channel", [0x0f, 0xc0, 0x20, 0x52, 0x24, 0x77, 0x13]],
    ["a wrong checksum", [0x00, 0xc0, 0x21, 0x52, 0x24, 0x77, 0x13]],
  ])("of %s is dropped", (_, bytes) => {
    const { rig, sent } = rigWith(0, Uint8Array.from(bytes));
    rig.ask(rig.stack.createUser("user"), { netFn: 6, cmd: 1 });
    rig.run(100_000);
    expect(sent).toEqual([]);
    expect(rig.stack.statistics.invalid_commands).toBe(1);
  });

  test("in a flood is not refused without bound", () => {
    const { rig } = rigWith(0, undefined);
    // The queue never empties, and each refusal takes its time.
    rig.bmc.behaviour = (request, bmc) => {
      if (request[1] === 0x33) bmc.queueIpmb(0, command);
      if (request[1] !== 0x34) return "default";
      rig.respondLater(reply(request, 0), 10_000);
      return "silent";
    };
    const user = rig.stack.createUser("user");
    for (let n = 0; n < 30; n++) rig.ask(user, { netFn: 6, cmd: 1 });
    const asked = rig.events("request").filter((event) => event.user === "message-handler").length;
    const answered = rig.events("answer").length;
    expect(rig.events("request").length - answered).toBeLessThan(20);
    expect(asked).toBeGreaterThan(10);
  });
});
