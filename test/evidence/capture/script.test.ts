import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CAPTURE_KINDS, captureScript } from "../../../src/evidence/capture/kinds.ts";
import { begun, ending, FakeMachine, hangUp, INSTANCE, SHELLS } from "./fake-machine.ts";

const TRACING = "sys/kernel/tracing";
let machine: FakeMachine;

beforeEach(() => {
  machine = new FakeMachine();
});

afterEach(() => machine.dispose());

/** Nothing is left of the capture, and what others have is as it was. */
function expectClean(): void {
  expect(readdirSync(machine.path(`${TRACING}/instances`))).toEqual(["others"]);
  const told = readFileSync(machine.path(`${TRACING}/kprobe_events`), "utf8").split("\n");
  const made = told.flatMap((line) => /^[pr]\d*:(baseboard\/\S+)/.exec(line)?.[1] ?? []);
  const removed = told.flatMap((line) => /^-:(baseboard\/\S+)/.exec(line)?.[1] ?? []);
  expect(new Set(removed)).toEqual(new Set(made));
}

test.each(CAPTURE_KINDS)("the script for %s fits a terminal and says what it does", (kind) => {
  const lines = captureScript(kind).split("\n");
  expect(lines.slice(0, 2)).toEqual(["#!/bin/sh", `# baseboard capture 1 ${kind}`]);
  expect(lines.join("\n")).toContain("IT WRITES DOWN THE IPMI TRAFFIC ITSELF");
  expect(lines.some((line) => line.startsWith("# Not run:"))).toBe(kind.startsWith("bmc-"));
});

describe.each(SHELLS.map((shell) => [shell.join(" "), shell] as const))("in %s", (_, shell) => {
  test("a capture has head, trace, losses, log and end, and leaves nothing", async () => {
    machine.stats = "entries: 0\noverrun: 4\ncommit overrun: 1\ndropped events: 1";
    machine.put(
      `${TRACING}/kprobe_profile`,
      "  r_port_inb  9  2\n  v_port_inb  9  1\n  its  1  9\n",
    );
    const { status, out, err } = await machine.run(shell, "kcs", ["5", "64"]);
    expect(err).toContain("12 events were lost: give more KILOBYTES");
    expect(err).toContain("3 events were passed over: capture again");
    expect(status).toBe(0);
    expect(out[0]).toBe("# baseboard capture 1 kcs");
    expect(out).toContain("# parameter: ipmi_si.kcs_debug=0");
    expect(out).toContain("# ioports: 0ca2-0ca2 : ipmi_si");
    expect(out).toContain("# interface: ipmi0 kcs,i/o,0xca2,rsp=1,rsi=1,rsh=0,irq=0,ipmb=32");
    expect(out.slice(out.indexOf("# clock: global"))).toEqual([
      "# clock: global",
      "# seconds: 5",
      "# buffer: 64 KB for each processor",
      "# trace",
      "a line of the kernel's",
      "# lost: 15",
      "# log",
      "[    2.000000] meanwhile",
      "# end",
    ]);
    expectClean();
    const had = (file: string) => readFileSync(machine.path(`removed/${file}`), "utf8");
    expect(had("buffer_size_kb")).toBe("64\n");
    expect(had("events/baseboard/enable")).toBe("0\n");
    expect(had("tracing_on")).toBe("0\n");
  });

  test.each(["kcs", "ssif"] as const)(
    "%s: each user's message has one line, by its size",
    async (kind) => {
      const { out } = await machine.run(shell, kind);
      expect(out).toContain("# users: told");
      const filter = (name: string) =>
        readFileSync(machine.path(`removed/events/baseboard/${name}/filter`), "utf8");
      for (const name of ["ask_ipmi_request_settime", "ask_ipmi_request_supply_msgs"]) {
        expect(filter(`${name}_8`)).toBe("len <= 8\n");
        expect(filter(`${name}_64`)).toBe("len > 8 && len <= 64\n");
        expect(filter(`${name}_272`)).toBe("len > 64\n");
      }
      expectClean();
    },
  );

  test.each([
    ["4.18.0-553.el8.x86_64", "x86_64"],
    ["7.4.0", "x86_64"],
    ["6.1.0", "i686"],
  ])("of a kernel %s on %s nothing is told of users", async (kernel, arch) => {
    machine.kernel = kernel;
    machine.arch = arch;
    const { status, out } = await machine.run(shell, "kcs");
    expect(status).toBe(0);
    expect(out.some((line) => line.startsWith("# note: what users ask is not in it"))).toBe(true);
    expect(out.join("\n")).not.toMatch(/users: told|: baseboard\/ask_/);
    expectClean();
  });

  test("users of whom not all can be told are not told of", async () => {
    machine.lacks = "deliver_response";
    const { status, out } = await machine.run(shell, "kcs");
    expect(status).toBe(0);
    expect(out).not.toContain("# users: told");
    expectClean();
  });

  test("of a bus, only what goes to the BMC is written down", async () => {
    const { status, out } = await machine.run(shell, "ssif");
    expect(status).toBe(0);
    expect(out).toContain("# client: 3-0010");
    const filter = machine.path("removed/events/smbus/smbus_write/filter");
    expect(readFileSync(filter, "utf8")).toBe("(adapter_nr == 3 && addr == 0x0010)\n");
    expectClean();
  });

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("%s ends it as its time does", async (by) => {
    machine.trace = "";
    const child = machine.start(shell, "kcs", ["0"]);
    const ended = ending(child);
    await begun(child);
    child.kill(by);
    const { status, out } = await ended;
    expect(status).toBe(0);
    expect(out.slice(-4)).toEqual(["# lost: 0", "# log", "[    2.000000] meanwhile", "# end"]);
    expectClean();
  });

  test("a reader that goes away ends it", async () => {
    machine.trace = "";
    const child = machine.start(shell, "kcs", ["0"]);
    const ended = ending(child);
    await begun(child);
    const pipe = openSync(machine.path(`${INSTANCE}/trace_pipe`), "r+");
    await hangUp(child);
    writeSync(pipe, "more\n");
    expect((await ended).status).toBe(0);
    closeSync(pipe);
    expectClean();
  });

  test("what a killed capture left is taken away", async () => {
    machine.trace = "";
    const child = machine.start(shell, "kcs", ["0"]);
    const ended = ending(child);
    await begun(child);
    child.kill("SIGKILL");
    await hangUp(child);
    await ended;
    expect(existsSync(machine.path(INSTANCE))).toBe(true);
    expect((await machine.run(shell, "kcs")).err).toContain("sh capture.sh clean");
    expect((await machine.run(shell, "kcs", ["clean"])).status).toBe(0);
    expectClean();
  });

  test("a kernel without instances gets its only buffer back as it was", async () => {
    machine.remove(`${TRACING}/instances`);
    const files = {
      current_tracer: "nop\n",
      set_event: "",
      trace_clock: "[local] global\n",
      buffer_size_kb: "7 (expanded: 1408)\n",
      tracing_on: "1\n",
      "events/baseboard/filter": "",
      trace_pipe: "a line of the kernel's\n",
    };
    for (const [file, text] of Object.entries(files)) machine.put(`${TRACING}/${file}`, text);
    const { status, out } = await machine.run(shell, "kcs");
    expect(status).toBe(0);
    expect(out).toContain("a line of the kernel's");
    const has = (file: string) => readFileSync(machine.path(`${TRACING}/${file}`), "utf8");
    expect(["trace_clock", "buffer_size_kb", "tracing_on"].map(has)).toEqual([
      "local\n",
      "1408\n",
      "1\n",
    ]);
  });
});

describe.each(SHELLS.map((shell) => [shell.join(" "), shell] as const))(
  "in %s, what is missing",
  (_, shell) => {
    test.each<[string, "kcs" | "ssif" | "bmc-kcs" | "bmc-ssif", () => void, RegExp]>([
      ["root", "kcs", () => (machine.id = 1_000), /^only root may/],
      [
        "a kernel that is not locked down",
        "kcs",
        () => machine.put("sys/kernel/security/lockdown", "none integrity [confidentiality]\n"),
        /^this kernel is locked down/,
      ],
      [
        "tracefs",
        "kcs",
        () => machine.remove(`${TRACING}/trace_pipe`),
        /^this kernel has no tracefs/,
      ],
      [
        "kprobe events",
        "kcs",
        () => machine.remove(`${TRACING}/kprobe_events`),
        /^this kernel has no kprobe events/,
      ],
      ["ipmi_si", "kcs", () => machine.remove("sys/module/ipmi_si"), /^ipmi_si is not loaded/],
      [
        "a function to probe",
        "kcs",
        () => {
          machine.remove(`${TRACING}/kprobe_events`);
          machine.put(`${TRACING}/kprobe_events/in-the-way`, "");
        },
        /^none of ipmi_si's port functions/,
      ],
      [
        "ipmi_ssif",
        "ssif",
        () => machine.remove("sys/module/ipmi_ssif"),
        /^ipmi_ssif is not loaded/,
      ],
      ["smbus", "ssif", () => machine.remove(`${TRACING}/events`), /^this kernel has no smbus/],
      ["regmap", "bmc-kcs", () => {}, /^this kernel has no regmap/],
      ["i2c_slave", "bmc-ssif", () => {}, /^this kernel has no i2c_slave/],
      [
        "others' leave",
        "kcs",
        () => {
          machine.remove(`${TRACING}/instances`);
          machine.put(`${TRACING}/current_tracer`, "function\n");
        },
        /somebody traces already/,
      ],
    ])("%s", async (_what, kind, take, text) => {
      take();
      const { status, err } = await machine.run(shell, kind);
      const lines = err.trimEnd().split("\n");
      expect(lines).toHaveLength(1);
      expect(lines[0]?.replace("baseboard capture: ", "")).toMatch(text);
      expect(status).toBe(3);
      expect(existsSync(machine.path(INSTANCE))).toBe(false);
    });

    test.each([["x"], ["-1"], ["1", "many"]])("a number, not %s", async (...args) => {
      const { status, err } = await machine.run(shell, "kcs", args);
      expect(err).toMatch(/is a whole number/);
      expect(status).toBe(2);
      expectClean();
    });
  },
);
