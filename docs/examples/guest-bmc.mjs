// A guest of yours with our BMC: what stands behind `--` goes to QEMU as it is.
//   node docs/examples/guest-bmc.mjs -- -m 512 -kernel bzImage -initrd initrd -append console=ttyS0 -nographic
import { spawn } from "node:child_process";
import { ExternBmc, ExternSocket } from "baseboard/lab";
import { RealScheduler } from "baseboard/time";
import { Tracer } from "baseboard/trace";

const scheduler = new RealScheduler();
const tracer = new Tracer(() => scheduler.now());
tracer.attach({
  event: ({ e, message }) =>
    message && process.stderr.write(`${e} ${Buffer.from(message).toString("hex")}\n`),
});
const socket = await ExternSocket.open(new ExternBmc({ scheduler, tracer }), "bmc-listens");
const guest = process.argv.slice(process.argv.indexOf("--") + 1);
const device = [...socket.arguments(), "-device", "isa-ipmi-kcs,bmc=bmc,irq=0"];
const qemu = spawn("qemu-system-x86_64", [...device, ...guest], { stdio: "inherit" });
qemu.once("close", (status) => socket.close().then(() => process.exit(status ?? 1)));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => qemu.kill());
