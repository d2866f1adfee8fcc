import { compileGuest, findKernel, LinuxHost } from "../../../src/seats/linux/index.ts";
import { guestProgram } from "./linux-guest.ts";
import { ScriptedBmc } from "./scripted-bmc.ts";

/** Starts a guest of the kernel that is named, says so at its first register access, and waits. */
const kernel = findKernel(process.argv[2] ?? "");
if (kernel === undefined) throw new Error("no such kernel");
const bmc = new ScriptedBmc();
await LinuxHost.start({
  kernel,
  program: compileGuest(guestProgram([{ step: "sleep", us: 100_000_000 }])),
  interrupt: "timer",
  realTime: true,
  wallLimitMs: 60_000,
  machine: {
    port: {
      read: (offset) => {
        process.stdout.write("the guest runs\n");
        return bmc.read(offset);
      },
      write: (offset, value) => bmc.write(offset, value),
    },
    tick: () => {},
    report: () => {},
    console: () => {},
  },
});
