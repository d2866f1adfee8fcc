import { startIpmiDevice } from "../../../src/seats/qemu/index.ts";

/** Starts a machine, says so when its registers answer, and waits. */
const { port } = await startIpmiDevice({ interface: "kcs", bus: "isa" });
process.stdout.write(`the status register reads ${port.read(1)}\n`);
setInterval(() => {}, 1_000);
