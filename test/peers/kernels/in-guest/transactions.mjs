/**
 * Runs in a guest: transactions a second of the guest's time by /dev/ipmi0, from Node, one after the other, and by a
 * program without Node that asks the same. Its arguments: how many, how many rounds, that program, and one that
 * asks nothing.
 */
import { spawnSync } from "node:child_process";
import { KernelDevice } from "./dist/devices/index.js";
import { tell } from "./telling.mjs";

const [count, rounds, loop, nothing] = process.argv.slice(2);
const DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

const device = new KernelDevice("/dev/ipmi0");
await fromNode(50);
for (let round = 0; round < Number(rounds); round++) {
  const nodeMs = await timed(() => fromNode(Number(count)));
  const nothingMs = await timed(() => run(nothing));
  const loopMs = await timed(() => run(loop));
  await tell(`round ${round}`, () => ({ nodeMs, loopMs: loopMs - nothingMs }));
}
await device.close();

async function fromNode(times) {
  for (let i = 0; i < times; i++) await device.request(DEVICE_ID);
}

function run(program) {
  const { status } = spawnSync(program);
  if (status !== 0) throw new Error(`${program} ended with ${status}`);
}

async function timed(work) {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
