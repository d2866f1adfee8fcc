import { describe, expect, test } from "vitest";
import { Recorder, Tracer } from "../../../src/trace/tracer.ts";
import type { RegisterSpacing } from "../../../src/wire/interface.ts";
import { RegisterHostTap } from "../../../src/wire/registers/host-tap.ts";
import { REGISTER_LAYOUTS } from "../../../src/wire/registers/layouts.ts";
import { KINDS, type Kind } from "./blocks.ts";

describe.each(KINDS)("on $name", (kind) => {
  test.each([1, 4, 16] as const)("each register is recorded by its name, %i apart", (spacing) => {
    const { recorder, tap, layout, tags } = bench(kind, spacing, false);
    tags.request = 9;
    for (const register of Object.values(layout.written)) tap.write(register * spacing, 0);
    for (const register of Object.values(layout.read)) tap.read(register * spacing);
    tap.write(3 * spacing, 0);
    tap.read(3 * spacing);
    const seen = recorder.events.map((event) => {
      return event.e === "host.write" || event.e === "host.read" ? [event.e, event.reg] : [];
    });
    expect(seen).toEqual([
      ...Object.keys(layout.written).map((reg) => ["host.write", reg]),
      ...Object.keys(layout.read).map((reg) => ["host.read", reg]),
    ]);
    expect(recorder.events[0]).toEqual(expect.objectContaining({ n: 0, t: 7, value: 0, tag: 9 }));
    expect(tags.request).toBe(9);
  });

  test("what is read is what reached the host, and what is written arrives", () => {
    const { recorder, tap, layout, block } = bench(kind, 1, false);
    tap.write(layout.data, 0x18);
    expect(block.taken()).toEqual([0x18]);
    block.offer(0x1c);
    expect(tap.read(layout.data)).toBe(0x1c);
    expect(recorder.events.map((event) => "value" in event && event.value)).toEqual([0x18, 0x1c]);
  });

  test("a host without tags has its transfers numbered", () => {
    const { tap, layout, tags } = bench(kind, 4, true);
    for (const [reg, value, number] of kind.numbered) {
      tap.write((layout.written[reg] ?? Number.NaN) * 4, value);
      expect(tags.request).toBe(number);
    }
  });
});

function bench(kind: Kind, spacing: RegisterSpacing, numbersTransfers: boolean) {
  const layout = REGISTER_LAYOUTS[kind.name];
  const block = kind.make(spacing);
  const recorder = new Recorder();
  const tracer = new Tracer(() => 7);
  tracer.attach(recorder);
  const { port, tags } = block;
  const tap = new RegisterHostTap(port, tracer, { layout, spacing, tags, numbersTransfers });
  return { recorder, tap, layout, tags, block };
}
