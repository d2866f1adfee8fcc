import { expect, test } from "vitest";
import { Cc, completionRange, completionText } from "../../src/ipmi/completion.ts";

test("every code is of one range, as in Table 5-2, and has a text", () => {
  const generic = new Set<number>(Object.values(Cc));
  expect(generic.size).toBe(Object.keys(Cc).length);
  for (let cc = 0; cc <= 0xff; cc++) {
    const range = completionRange(cc);
    if (generic.has(cc)) expect(range).toBe("generic");
    else if (cc <= 0x7e) expect(range).toBe("oem");
    else if (cc >= 0x80 && cc <= 0xbe) expect(range).toBe("command-specific");
    else expect(range).toBe("reserved");
    expect(completionText(cc).length).toBeGreaterThan(8);
  }
});

test("generic texts tell the codes apart", () => {
  const texts = Object.values(Cc).map((cc) => completionText(cc));
  expect(new Set(texts).size).toBe(texts.length);
});

test("a command-specific code is told by its command, request or response", () => {
  expect(completionText(0x80, 0x06, 0x22)).toBe("attempt to start an uninitialized watchdog");
  expect(completionText(0x80, 0x07, 0x33)).toContain("queue is empty");
  expect(completionText(0x81, 0x0a, 0x11)).toBe("FRU device busy");
  expect(completionText(0x83, 0x06, 0x34)).toBe("NAK on write");
  expect(completionText(0x81, 0x0b, 0x44)).toContain("erase");
  expect(completionText(0x80, 0x06, 0x01)).toBe("command-specific completion code");
  expect(completionText(0x80)).toBe("command-specific completion code");
  expect(completionText(0xc0, 0x06, 0x22)).toBe("node busy");
});
