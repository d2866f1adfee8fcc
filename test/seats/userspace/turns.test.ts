import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { LineReader } from "../../../src/programs/lines.ts";
import { PROGRAM_SETS } from "../../../src/seats/userspace/programs.ts";
import { type WorkloadScript, workloadScript } from "../../../src/seats/userspace/script.ts";
import { Turns } from "../../../src/seats/userspace/turns.ts";
import { Recorder, Tracer } from "../../../src/trace/tracer.ts";
import { scenario } from "./scenario.ts";

const OPTIONS = ["-D", "KCS"];
const { freeipmi, ipmiutil } = PROGRAM_SETS;

/** What becomes of lines that a guest prints for this workload. */
function told(script: WorkloadScript, response?: readonly number[]) {
  const recorder = new Recorder();
  const tracer = new Tracer(() => 0);
  tracer.attach(recorder);
  let isOver = false;
  const turns = new Turns(script.turns, freeipmi, tracer, () => {
    isOver = true;
  });
  if (response !== undefined) {
    tracer.emit({ e: "bmc.response", tag: 1, message: Uint8Array.from(response) });
  }
  return { turns, events: recorder.events, isOver: () => isOver };
}

/** The script's own lines, as a shell of this machine prints them. */
async function linesOf({ text }: WorkloadScript): Promise<readonly string[]> {
  const lines: string[] = [];
  const shell = spawn("sh", ["-c", text], { stdio: ["ignore", "pipe", "ignore"], detached: true });
  const reader = new LineReader((line) => {
    lines.push(line);
    if (line === "over" && shell.pid !== undefined) process.kill(-shell.pid, "SIGKILL");
  });
  shell.stdout.on("data", (bytes: Uint8Array) => reader.feed(bytes));
  await once(shell, "close");
  return lines;
}

// Goal: what a user does is what a shell runs. Method: a shell of this machine runs it, with echo and false
// for programs.
test("each thing that a user does is a program's life, told from its begin to its status", async () => {
  const asked = scenario({
    one: ["{ program: 'echo it''s $HOME', times: 2 }", "{ program: 'false', status: 1 }"],
    two: ["{ program: 'false' }", "sleep: 1ms"],
  });
  const script = workloadScript(asked, freeipmi, []);
  const lines = await linesOf(script);
  expect(lines.at(-1)).toBe("over");
  expect(lines.filter((line) => line.startsWith("0 "))).toEqual([
    ...["0 >", "0 |it's $HOME", "0 =0", "0 >", "0 |it's $HOME", "0 =0"],
  ]);
  expect(lines.filter((line) => line.startsWith("1 "))).toEqual(["1 >", "1 =1"]);
  const { turns, isOver } = told(script);
  for (const line of lines) turns.line(line);
  expect(isOver()).toBe(true);
  turns.cutOff();
  expect(turns.misses).toEqual(["two's false ended with status 1, not 0"]);
});

const GET_DEVICE_ID = workloadScript(
  scenario({ tool: ["{ request: Get Device ID }"] }),
  freeipmi,
  OPTIONS,
);

test("a request is asked by the program for it, with the options of its driver", () => {
  expect(GET_DEVICE_ID.turns.map(({ command }) => command.join(" "))).toEqual([
    "ipmi-raw -D KCS 00 06 01",
  ]);
});

test("what the program printed is the request's answer, and the BMC's when that had the code", () => {
  const { turns, events } = told(GET_DEVICE_ID, [0x1c, 0x01, 0xc1]);
  for (const line of ["0 >", "0 |rcvd: 01 C1 20 0A ", "0 =0"]) turns.line(line);
  expect(events).toContainEqual(
    expect.objectContaining({ e: "request", id: 1, user: "tool", netFn: 6, lun: 0, cmd: 1 }),
  );
  const answer = { e: "answer", id: 1, cc: 0xc1, data: Uint8Array.of(0x20, 0x0a), maker: "bmc" };
  expect(events).toContainEqual(expect.objectContaining(answer));
});

test.each([
  ["respData[len=2]: 55 0a ", { cc: 0, data: Uint8Array.of(0x55, 0x0a) }],
  ["ipmi_cmd: ret = 0, ccode c1 Invalid Command", { cc: 0xc1, data: new Uint8Array(0) }],
  ["send_icmd ret = 0", undefined],
])("ipmiutil's own words for an answer: %s", (line, said) => {
  expect(ipmiutil.answer(line)).toEqual(said);
});

test("ipmiutil's options stand behind its command", () => {
  const asked = scenario({ tool: ["{ request: Get Device ID }", "{ program: ipmiutil sel -v }"] });
  const { turns } = workloadScript(asked, ipmiutil, ["-F", "kcs"]);
  expect(turns.map(({ command }) => command.join(" "))).toEqual([
    "ipmiutil cmd -F kcs -s 00 20 18 01",
    "ipmiutil sel -F kcs -v",
  ]);
});

test("a code that the BMC did not give is the host's own", () => {
  const { turns, events } = told(GET_DEVICE_ID, [0x1c, 0x01, 0x00]);
  for (const line of ["0 >", "0 |rcvd: 01 C1 ", "0 =0"]) turns.line(line);
  expect(events).toContainEqual(
    expect.objectContaining({ e: "answer", cc: 0xc1, maker: "host-interface" }),
  );
});

test("a program that ends and told of no answer has refused the request", () => {
  const { turns, events } = told(GET_DEVICE_ID);
  for (const line of ["0 >", "0 |ipmi_cmd_raw: driver busy", "0 =1"]) turns.line(line);
  expect(events).toContainEqual(
    expect.objectContaining({ e: "refused", id: 1, user: "tool", code: "NO_ANSWER" }),
  );
  expect(turns.misses).toEqual([]);
});

test("a program that is cut off is a miss", () => {
  const { turns } = told(GET_DEVICE_ID);
  turns.line("0 >");
  turns.cutOff();
  expect(turns.misses).toEqual(["tool's ipmi-raw did not come to its end"]);
});

test("a line that is nobody's is the console's", () => {
  const { turns, events } = told(GET_DEVICE_ID);
  turns.line("7 =0");
  expect(events).toEqual([expect.objectContaining({ e: "console", text: "7 =0" })]);
});

test("a user who wants to hear of events is told of none, and the match says so", () => {
  const asked = scenario({ listener: ["events: on", "{ request: Get Device ID }"] });
  const { remarks, turns } = workloadScript(asked, freeipmi, OPTIONS);
  expect(turns).toHaveLength(1);
  expect(remarks.join()).toContain("listener is told of no events");
});
