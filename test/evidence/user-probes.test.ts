import { describe, expect, test } from "vitest";
import { judgingText } from "../../src/cli/judge-evidence.ts";
import { told } from "./told.ts";

const USER = "0xffffc9000004d000";
const NOBODY = "0x0";
const BEFORE = "tool-251     [000] .....     ";
const BYTES = (bytes: readonly number[], room: number) =>
  `{${Array.from({ length: room }, (_, i) => `0x${(bytes[i] ?? 0xee).toString(16)}`).join(",")}}`;

interface Message {
  readonly user?: string;
  readonly id?: number;
  readonly netFn?: number;
  readonly cmd?: number;
  readonly data?: readonly number[];
}

function sized(name: string, data: readonly number[]): readonly [string, string] {
  if (data.length <= 8) return [`${name}_8`, `data=${BYTES(data, 8)}`];
  if (data.length <= 64) return [`${name}_64`, `data=${BYTES(data, 64)}`];
  const parts = [64, 64, 64, 64, 16].map((room, i) => {
    return `data${i === 0 ? "" : i}=${BYTES(data.slice(i * 64, i * 64 + room), room)}`;
  });
  return [`${name}_272`, parts.join(" ")];
}

/** A user hands in a request; `type` 12 is for the BMC itself. */
function ask(
  at: string,
  { user = USER, id = 1, netFn = 6, cmd = 1, data = [] }: Message,
  type = 12,
) {
  const [name, bytes] = sized("ask_ipmi_request_settime", data);
  const to = `user=${user} type=${type} channel=15 to=2 id=0x${id.toString(16)}`;
  const what = `netfn=${netFn} cmd=${cmd} len=${data.length} ${bytes}`;
  return `${BEFORE}${at}: ${name}: (ipmi_request_settime+0x0/0x120 [ipmi_msghandler]) ${to} ${what}`;
}

/** What the call says of it. */
function says(at: string, value: number): string {
  const where = "(handle_send_req+0x150/0x1b0 [ipmi_devintf] <- ipmi_request_settime)";
  return `${BEFORE}${at}: told_ipmi_request_settime: ${where} val=${value}`;
}

function gets(
  at: string,
  { user = USER, id = 1, netFn = 7, cmd = 1, data = [0] }: Message,
  { type = 1, msg = "0xffff888005a95e00" } = {},
): string {
  const [name, bytes] = sized("got_deliver_response", data);
  const of = `msg=${msg} type=${type} user=${user} id=0x${id.toString(16)}`;
  const what = `netfn=${netFn} cmd=${cmd} len=${data.length} ${bytes}`;
  return `${BEFORE}${at}: ${name}: (deliver_response+0x0/0xe0 [ipmi_msghandler]) ${of} ${what}`;
}

/** The same message comes to the receiver of the user. */
function takes(...message: Parameters<typeof gets>): string {
  return gets(...message)
    .replace(/got_deliver_response_\d+/, "took_file_receive_handler")
    .replace("deliver_response", "file_receive_handler");
}

function goes(at: string, user = USER): string {
  return `${BEFORE}${at}: gone_ipmi_destroy_user: (ipmi_destroy_user+0x0/0x20 [ipmi_msghandler]) user=${user}`;
}

const seen = (...lines: readonly string[]) => told(lines.join("\n"), { format: "tracefs" });
const whats = (...lines: readonly string[]) => seen(...lines).sightings.map(({ what }) => what);

describe("what users ask and get", () => {
  test("is a request and its answer, each with its data as far as the message goes", () => {
    const data = Array.from({ length: 20 }, (_, i) => i);
    const { sightings, unread } = seen(
      ask("7.1", { cmd: 8, data: [7] }),
      says("7.100001", 0),
      gets("7.2", { cmd: 8, data: [0xcc, ...data] }),
    );
    expect(unread).toEqual([]);
    const at = { atUs: 7_100_000, id: 1, user: "process 251" };
    expect(sightings).toEqual([
      { what: "request", ...at, netFn: 6, lun: 2, cmd: 8, data: Uint8Array.of(7) },
      { what: "answer", atUs: 7_200_000, id: 1, cc: 0xcc, data: Uint8Array.from(data) },
    ]);
  });

  test.each([0, 8, 9, 64, 65, 200, 272])("of %d bytes is told whole", (length) => {
    const data = Array.from({ length }, (_, i) => i & 0xff);
    expect(seen(ask("7.1", { data })).sightings).toMatchObject([{ data: Uint8Array.from(data) }]);
  });

  test("of a line with less than the message is a gap", () => {
    const cut = ask("7.1", { data: [1, 2, 3, 4] }).replace(/len=4/, "len=9");
    expect(whats(cut)).toEqual(["gap"]);
  });

  test("that the call refuses is settled by it", () => {
    const refused = seen(ask("7.1", {}), says("7.100001", -22)).sightings[1];
    const of = { id: 1, user: "process 251", netFn: 6, cmd: 1 };
    expect(refused).toEqual({ what: "refused", atUs: 7_100_001, ...of, code: "EINVAL" });
  });

  test("an answer finds its request by user, number and command", () => {
    const others = [
      ask("7.1", { id: 1 }),
      ask("7.2", { id: 2 }),
      ask("7.3", { user: "0xffffc90000055000", id: 1 }),
      ask("7.4", { id: 1, cmd: 4 }),
    ];
    const answered = [
      gets("7.5", { id: 2 }),
      gets("7.6", { user: "0xffffc90000055000", id: 1 }),
      gets("7.7", { id: 1, cmd: 4 }),
      gets("7.8", { id: 1 }),
    ];
    const ids = seen(...others, ...answered).sightings.flatMap((each) =>
      each.what === "answer" ? [each.id] : [],
    );
    expect(ids).toEqual([2, 3, 4, 1]);
  });

  test("counts once, though it is seen at the handler and at the receiver", () => {
    const twice = [ask("7.1", {}), ask("7.2", {}), gets("7.3", {}), takes("7.300001", {})];
    expect(whats(...twice)).toEqual(["request", "request", "answer"]);
  });

  test("counts at the receiver where the handler's probe saw nothing", () => {
    expect(whats(ask("7.1", {}), takes("7.2", {}))).toEqual(["request", "answer"]);
  });

  test("is nobody's where the handler asks on its own account, or nobody asked", () => {
    const own = gets("7.2", { user: NOBODY, cmd: 0x42 });
    const event = gets("7.3", { netFn: 4, cmd: 2, data: [1, 2, 3] }, { type: 2 });
    expect(seen(own, event)).toMatchObject({ sightings: [], unread: [] });
  });

  test("an answer that fits no request is a gap, and lets all go that is open", () => {
    const lines = [ask("7.1", {}), gets("7.2", { id: 9 }), gets("7.3", {})];
    expect(whats(...lines)).toEqual(["request", "gap", "gap"]);
  });

  test("to a controller behind the BMC is not told, and its answer is no surprise", () => {
    expect(whats(ask("7.1", {}, 1), says("7.100001", 0), gets("7.2", {}))).toEqual([]);
    expect(whats(ask("7.1", {}, 1), says("7.100001", -22))).toEqual([]);
  });

  test("of a user who goes is settled, and what comes for it yet reaches nobody", () => {
    const lines = [ask("7.1", {}), goes("7.2"), goes("7.3", "0xffffc90000055000")];
    const { sightings } = seen(...lines, gets("7.4", {}));
    expect(sightings.map(({ what }) => what)).toEqual(["request", "refused"]);
    expect(sightings[1]).toMatchObject({ id: 1, code: "USER_GONE" });
  });

  test("is forgotten where lines were lost", () => {
    const lines = [ask("7.1", {}), says("7.100001", 0), "CPU:0 [LOST 3 EVENTS]", gets("7.3", {})];
    expect(whats(...lines)).toEqual(["request", "gap", "gap"]);
  });
});

const HEAD = "# baseboard capture 1 kcs\n";
/** The host writes Get Device ID, and the BMC takes it and says nothing. */
const ACCESS = (at: string, offset: number, value: number, block = "0x10") =>
  `${BEFORE}${at}: w_port_outb: (port_outb+0x0/0x20 [ipmi_si]) io=${block} off=${offset} val=${value}`;
const READ = (at: string, offset: number, value: number, block = "0x10") =>
  `${BEFORE}${at}: r_port_inb: (port_inb+0x0/0x20 [ipmi_si]) io=${block} off=${offset}\n` +
  `${BEFORE}${at}: v_port_inb: (kcs_event+0x24/0x980 [ipmi_si] <- port_inb) val=${value}`;
const begins = (second: number, block = "0x10") =>
  [
    READ(`${second}.1`, 1, 0, block),
    ACCESS(`${second}.2`, 1, 0x61, block),
    READ(`${second}.21`, 1, 0x40, block),
    ACCESS(`${second}.22`, 0, 0x18, block),
    READ(`${second}.23`, 1, 0x40, block),
    ACCESS(`${second}.24`, 1, 0x62, block),
    READ(`${second}.25`, 1, 0x40, block),
    ACCESS(`${second}.26`, 0, 0x01, block),
  ].join("\n");

function capture(about: string, ...lines: readonly string[]): string {
  return `${HEAD}${about}# trace\n${lines.join("\n")}\n# lost: 0\n# log\n# end\n`;
}

function judged(...lines: readonly string[]) {
  const judging = judgingText({ kind: "kcs" });
  judging.push(capture("# kernel: 6.1.0\n# users: told\n", ...lines));
  const { interfaces } = judging.end();
  const found = interfaces.flatMap(({ judged: { verdict } }) => verdict.violations);
  // What stands there of the wire is only to be an interface.
  return found.map(({ rule }) => rule).filter((rule) => rule.startsWith("STACK"));
}

describe("a capture", () => {
  const asked = [begins(1), ask("2.1", {}), gets("2.2", {})];

  test("that says so tells of its users", () => {
    const { traces } = told(capture("# users: told\n", ...asked), { kind: "kcs" });
    expect(traces[0]?.head.witness?.tells).toEqual(["users"]);
    expect(traces[0]?.events.slice(-3)).toMatchObject([
      { e: "request", id: 1, user: "process 251", netFn: 6, lun: 2, cmd: 1 },
      { e: "answer", id: 1, cc: 0, maker: "unknown", tag: 0 },
      { e: "end" },
    ]);
  });

  test.each([
    ["does not say so", ""],
    ["has several interfaces", "# users: told\n# interface: ipmi0 kcs\n# interface: ipmi1 kcs\n"],
  ])("that %s tells of none", (_, about) => {
    const { traces } = told(capture(about, ...asked), { kind: "kcs" });
    expect(traces[0]?.head.witness?.tells).toEqual([]);
    expect(traces[0]?.events.some(({ e }) => e === "request" || e === "answer")).toBe(false);
  });

  test("to which a second interface comes tells of none from there on", () => {
    const lines = [...asked, begins(3, "0x20"), ask("4.1", { id: 2 })];
    const { traces, gaps } = told(capture("# users: told\n", ...lines), { kind: "kcs" });
    expect(traces.map(({ head }) => head.witness?.tells)).toEqual([["users"], []]);
    const names = traces.map(({ events }) => events.map(({ e }) => e));
    expect(names[0]?.slice(-4)).toEqual(["request", "answer", "gap", "end"]);
    expect(names[1]).not.toContain("request");
    expect(gaps).toBe(1);
  });
});

describe("the kernel's promises to its users", () => {
  test("an answer after more than a minute is too late, and none at all is worse", () => {
    expect(judged(begins(1), ask("2.1", {}), gets("61.9", {}))).toEqual([]);
    expect(judged(begins(1), ask("2.1", {}), gets("62.3", {}))).toEqual(["STACK-02"]);
    expect(judged(begins(1), ask("2.1", {}), READ("62.3", 1, 0))).toEqual(["STACK-01"]);
    expect(judged(begins(1), ask("2.1", {}), READ("61.9", 1, 0))).toEqual([]);
  });

  test.each([
    ["was refused", says("2.100001", -11)],
    ["is of a user who is gone", goes("2.2")],
    ["stands before a hole", "CPU:0 [LOST 3 EVENTS]"],
    ["stands before an answer that fits none", gets("2.2", { id: 9 })],
  ])("one that %s is owed nothing", (_, line) => {
    expect(judged(begins(1), ask("2.1", {}), line, READ("70.3", 1, 0))).toEqual([]);
  });
});
