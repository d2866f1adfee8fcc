import {
  cellValue,
  nodesOf,
  readDeviceTree,
  texts,
  textValue,
  writeDeviceTree,
} from "../../kernels/device-tree.ts";
import { SeatError } from "../../programs/errors.ts";

/** QEMU's board with the AST2600. */
export const MACHINE = "ast2600-evb";
export const MEMORY = "256M";

/** The LPC controller's registers of KCS channel 3, by their addresses. @see AST2600 datasheet, LPC */
export const Lpc = {
  HostControl2: 0x1e78_9008,
  DataIn: 0x1e78_902c,
  DataOut: 0x1e78_9038,
  Status: 0x1e78_9044,
} as const;
/** In `HostControl2`: the channel interrupts the BMC's processor while IBF is set. */
export const INTERRUPT_WHEN_FULL = 0x08;
/** Where the channel's interrupt goes. */
export const INTERRUPT = {
  path: "/machine/soc/a7mpcore",
  name: "unnamed-gpio-in",
  line: 140,
} as const;

const KCS_NODE = "kcs@2c";
/** Where the host has it, by the specification. The model of the LPC bus does not ask for it. */
const HOST_ADDRESS = 0xca2;

/** The first serial line, beside the console's: its node, and the device that a kernel makes of it. */
const LINE_NODE = "serial@1e783000";
export const LINE_DEVICE = "/dev/ttyS0";
export const CONSOLE = "ttyS4,115200";
/** What the driver's user opens. */
export const KCS_DEVICE = "/dev/ipmi-kcs3";

/**
 * QEMU's counter steps in whole nanoseconds and calls that 1,125 MHz: a kernel that believed it would have a clock
 * that is an eighth too slow.
 */
const TIMER_NODE = "timer";
const COUNTER_HZ = 1_000_000_000;

/** The board's device tree with the KCS channel and the serial line on, and a clock that is right. */
export function boardTree(blob: Buffer, file: string): Uint8Array {
  const tree = readDeviceTree(blob, file);
  const nodes = [...nodesOf(tree.root)];
  const propertiesOf = (name: string) => {
    const node = nodes.find((each) => each.name === name);
    if (node !== undefined) return node.properties;
    const compatible = texts(tree.root.properties.get("compatible")).join(", ");
    throw new SeatError(
      "KERNEL_UNREADABLE",
      `${file} is for ${compatible || "no board"} and has no ${name}`,
      "give the device tree of a board with the AST2600",
    );
  };
  for (const name of [KCS_NODE, LINE_NODE]) propertiesOf(name).set("status", textValue("okay"));
  propertiesOf(KCS_NODE).set("aspeed,lpc-io-reg", cellValue(HOST_ADDRESS));
  propertiesOf(TIMER_NODE).set("clock-frequency", cellValue(COUNTER_HZ));
  return writeDeviceTree(tree);
}
