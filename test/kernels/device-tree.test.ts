import { expect, test } from "vitest";
import {
  cells,
  cellValue,
  type DeviceTree,
  nodesOf,
  readDeviceTree,
  type TreeNode,
  texts,
  textValue,
  writeDeviceTree,
} from "../../src/kernels/device-tree.ts";

function node(name: string, properties: TreeNode["properties"], children: TreeNode[] = []) {
  return { name, properties, children };
}

const TREE: DeviceTree = {
  reservations: new Uint8Array(16),
  bootProcessor: 0xf00,
  root: node("", new Map([["compatible", textValue("some,board")]]), [
    node("kcs@2c", new Map([["reg", Uint8Array.from([0, 0, 0, 0x2c, 0, 0, 0, 1])]]), []),
    node(
      "memory",
      new Map([
        ["odd", Uint8Array.of(1, 2, 3)],
        ["none", new Uint8Array(0)],
      ]),
    ),
  ]),
};

test("what was written is read again", () => {
  const blob = Buffer.from(writeDeviceTree(TREE));
  expect(readDeviceTree(blob, "x.dtb")).toEqual(TREE);
  // Total size, version, last compatible version. @see Devicetree Specification §5.2
  expect(blob.readUInt32BE(4)).toBe(blob.length);
  expect([blob.readUInt32BE(20), blob.readUInt32BE(24)]).toEqual([17, 16]);
  const names = [...nodesOf(readDeviceTree(blob, "x.dtb").root)].map(({ name }) => name);
  expect(names).toEqual(["", "kcs@2c", "memory"]);
});

test("properties have texts and numbers", () => {
  expect(texts(Buffer.from("one\0two\0"))).toEqual(["one", "two"]);
  expect(cells(TREE.root.children[0]?.properties.get("reg"))).toEqual([0x2c, 1]);
  expect(cells(cellValue(0xca2))).toEqual([0xca2]);
  expect([texts(undefined), cells(undefined)]).toEqual([[], []]);
});

test("what is none is refused, wherever it breaks off", () => {
  const blob = Buffer.from(writeDeviceTree(TREE));
  const refusal = expect.objectContaining({ code: "KERNEL_UNREADABLE" });
  expect(() => readDeviceTree(Buffer.from("no device tree at all, but long enough"), "x")).toThrow(
    refusal,
  );
  for (let length = 0; length < blob.length - 20; length += 3) {
    expect(() => readDeviceTree(blob.subarray(0, length), "x.dtb")).toThrow(refusal);
  }
});
