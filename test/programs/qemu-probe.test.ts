import { expect, test } from "vitest";
import { probeQemu } from "../../src/programs/qemu-probe.ts";

test.each([
  ["/bin/true", /\/bin\/true is not a QEMU: asked for its version it says "true /],
  [process.execPath, /is not a QEMU: asked for its version it says "v\d+/],
])("%s is not a QEMU, and it is said so", async (program, message) => {
  await expect(probeQemu(program)).rejects.toMatchObject({
    code: "QEMU_UNSUITABLE",
    message: expect.stringMatching(message),
  });
});

test("a QEMU that is not there", async () => {
  await expect(probeQemu("/nowhere/qemu")).rejects.toMatchObject({ code: "QEMU_MISSING" });
});
