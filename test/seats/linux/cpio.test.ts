import { expect, test } from "vitest";
import { cpioArchive } from "../../../src/seats/linux/cpio.ts";

/** Reads an archive back by the format's definition, and checks its paddings. */
function members(archive: Uint8Array) {
  const bytes = Buffer.from(archive);
  const found: { path: string; mode: number; data: string; device: string }[] = [];
  for (let at = 0; ; ) {
    expect(at % 4).toBe(0);
    expect(bytes.toString("latin1", at, at + 6)).toBe("070701");
    const field = (index: number) =>
      Number.parseInt(bytes.toString("latin1", at + 6 + index * 8, at + 14 + index * 8), 16);
    const nameEnd = at + 110 + field(11);
    const path = bytes.toString("latin1", at + 110, nameEnd - 1);
    expect(bytes[nameEnd - 1]).toBe(0);
    const dataAt = Math.ceil(nameEnd / 4) * 4;
    const data = bytes.toString("latin1", dataAt, dataAt + field(6));
    if (path === "TRAILER!!!") return found;
    found.push({ path, mode: field(1), data, device: `${field(9)}:${field(10)}` });
    at = Math.ceil((dataAt + field(6)) / 4) * 4;
  }
}

test("folders, files of every padding and devices come out as they went in", () => {
  const files = [0, 1, 2, 3, 4, 5].map((length) => ({
    path: `modules/${"x".repeat(length)}.ko`,
    kind: "file" as const,
    data: Buffer.from("abcdefgh".slice(0, length)),
  }));
  const archive = cpioArchive([
    { path: "dev", kind: "folder" },
    { path: "dev/console", kind: "device", major: 5, minor: 1 },
    ...files,
  ]);
  const none = "0:0";
  expect(members(archive)).toEqual([
    { path: "dev", mode: 0o040755, data: "", device: none },
    { path: "dev/console", mode: 0o020600, data: "", device: "5:1" },
    ...files.map(({ path, data }) => ({
      path,
      mode: 0o100755,
      data: data.toString(),
      device: none,
    })),
  ]);
});
