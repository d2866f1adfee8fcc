import { BrokenInvariant } from "../../src/assert.ts";
import { IpmiFunction } from "../../src/seats/linux/device.ts";
import { I801 } from "../../src/seats/linux/i801.ts";
import { Mailbox } from "../../src/seats/linux/mailbox.ts";
import { SmbusFunction } from "../../src/seats/linux/smbus-device.ts";
import type { PciFunction, PciProtocol } from "../../src/seats/linux/transport/pci.ts";
import { ProxyProtocol } from "../../src/seats/linux/transport/proxy-protocol.ts";
import { VfioUserProtocol } from "../../src/seats/linux/transport/vfio-user-protocol.ts";
import { ExternBmc } from "../../src/seats/qemu/extern-bmc.ts";
import { encodeVmMessage, VmReader } from "../../src/seats/vm-protocol.ts";
import { VirtualTime } from "../../src/time/index.ts";
import { Tracer } from "../../src/trace/index.ts";
import type { Random } from "./random.ts";
import { Broken, type Target, target } from "./target.ts";
import { drawSetting, type Setting, World } from "./world.ts";

const ACCESSES_PER_MESSAGE_MAX = 600;
const REPLY_BYTES_MAX = 0x1000;

const SIZES = [0, 1, 2, 4, 1, 2, 4, 3, 8, 255, 256, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff] as const;
const OFFSETS = [
  ...[0, 1, 2, 4, 0x10, 0x1f, 0x20, 0x24, 0x28, 0x2c, 0x30, 0x3c, 0x3f, 0x40, 0xff, 0x100],
  ...[0xffff_fffc, 0xffff_ffff],
] as const;

/** What comes over a socket, and how it is cut into pieces. */
interface Piece {
  readonly bytes: Uint8Array;
  readonly cutAt: number;
}

/** A hostile QEMU at the sockets over which a guest's accesses come. */
export const PCI_SOCKETS: readonly Target[] = [
  pciSocket("x-pci-proxy", drawProxyMessage, (to, send) => new ProxyProtocol(to, send)),
  pciSocket("vfio-user", drawVfioMessage, (to, send) => new VfioUserProtocol(to, send)),
];

function pciSocket(
  name: string,
  drawMessage: (random: Random) => Uint8Array,
  protocol: (target: PciFunction, send: (bytes: Uint8Array) => void) => PciProtocol,
): Target {
  return target<Setting, Piece>({
    name,
    about: "a hostile QEMU on that socket: each message costs bounded work, or ends the connection",
    unit: "messages",
    draw: (random) => ({
      setting: { ...drawSetting(random, random.pick(["kcs", "smic", "bt", "ssif"])), spacing: 1 },
      steps: Array.from({ length: 1 + random.below(30) }, () => {
        const bytes = random.chance(0.05) ? random.bytes(random.below(100)) : drawMessage(random);
        return { bytes, cutAt: random.below(bytes.length + 1) };
      }),
    }),
    play: (setting, steps) => {
      const { device, accesses } = countedFunction(new World(setting));
      let replied = 0;
      const socket = protocol(device, (bytes) => {
        replied += bytes.length;
      });
      for (const [index, { bytes, cutAt }] of steps.entries()) {
        const before = { accesses: accesses(), replied };
        const ended = !fed(socket, [bytes.subarray(0, cutAt), bytes.subarray(cutAt)]);
        const cost = accesses() - before.accesses;
        if (cost > ACCESSES_PER_MESSAGE_MAX) throw new Broken(`a message causes ${cost} accesses`);
        if (replied - before.replied > REPLY_BYTES_MAX) throw new Broken("a reply has no bound");
        if (ended) return index + 1;
      }
      return steps.length;
    },
  });
}

/** What is no message ends the connection, by a word of our own. */
function fed(socket: PciProtocol, pieces: readonly Uint8Array[]): boolean {
  try {
    for (const piece of pieces) socket.receive(piece);
    return true;
  } catch (error) {
    if (error instanceof BrokenInvariant) return false;
    throw error;
  }
}

/** The PCI function of a seat, whose accesses are counted. */
function countedFunction({ wire }: World): { device: PciFunction; accesses: () => number } {
  let count = 0;
  const quiet = { report: () => {}, tick: () => {}, panics: () => false };
  const mailbox = new Mailbox(new Uint8Array(100), quiet);
  const device =
    wire.kind === "ssif"
      ? new SmbusFunction(new I801(wire.bus, { behind: () => false }), mailbox)
      : new IpmiFunction(wire.port, mailbox, { kind: wire.kind, pin: 1 });
  const counted = <T>(bytes: number, access: () => T): T => {
    count += Math.max(1, bytes);
    if (bytes > ACCESSES_PER_MESSAGE_MAX) throw new Broken(`an access of ${bytes} bytes is made`);
    return access();
  };
  return {
    accesses: () => count,
    device: {
      bar: device.bar,
      barBytes: device.barBytes,
      pin: device.pin,
      configRead: (at, size) => counted(size, () => within(device.configRead(at, size), size)),
      configWrite: (at, size, value) => counted(size, () => device.configWrite(at, size, value)),
      barRead: (at, size) => counted(size, () => within(device.barRead(at, size), size)),
      barWrite: (at, size, value) => counted(size, () => device.barWrite(at, size, value)),
    },
  };
}

function within(value: number, size: number): number {
  if (Number.isInteger(value) && value >= 0 && value < 0x100 ** size) return value;
  throw new Broken(`a read of ${size} bytes gives ${value}`);
}

function drawProxyMessage(random: Random): Uint8Array {
  const command = random.chance(0.9) ? random.below(9) : random.byte();
  const offset = random.pick(OFFSETS);
  const size = random.pick(SIZES);
  const whole =
    command === 2 || command === 3
      ? words(offset, random.bits(), size)
      : words(
          offset,
          random.chance(0.1) ? random.bits() : 0,
          random.bits(),
          0,
          size,
          random.below(2),
        );
  const body = random.chance(0.1) ? whole.subarray(0, random.below(whole.length)) : whole;
  const length = random.chance(0.98) ? body.length : random.bits();
  return Uint8Array.of(
    ...words(command, 0, length, random.chance(0.98) ? 0 : random.bits()),
    ...body,
  );
}

const VFIO_COMMANDS = [1, 2, 3, 4, 5, 7, 8, 9, 9, 9, 10, 10, 13, 0, 6, 11, 12] as const;
const VFIO_LENGTHS = [0, 15, 0x10_0000, 0x10_0001, 0xffff_ffff] as const;

function drawVfioMessage(random: Random): Uint8Array {
  const command = random.chance(0.95) ? random.pick<number>(VFIO_COMMANDS) : random.byte();
  const region = random.pick([0, 4, 7, 1, 9, 0xffff_ffff]);
  const high = random.chance(0.9) ? 0 : random.bits();
  const body =
    command === 9 || command === 10
      ? Uint8Array.of(
          ...words(random.pick(OFFSETS), high, region, random.pick(SIZES)),
          ...random.bytes(random.below(9)),
        )
      : random.bytes(random.below(60));
  const cut = random.chance(0.1) ? body.subarray(0, random.below(body.length + 1)) : body;
  const length = random.chance(0.98) ? 16 + cut.length : random.pick(VFIO_LENGTHS);
  const flags = random.pick([0, 0, 0, 1, 0x10, 0x20, 0xff]);
  const head = words(random.below(0x1_0000) | ((command ?? 0) << 16), length, flags, 0);
  return Uint8Array.of(...head, ...cut);
}

function words(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setUint32(4 * index, value >>> 0, true);
  return bytes;
}

/** A piece of the VM protocol's stream, and what happens afterwards. */
interface VmStep extends Piece {
  readonly reconnects: boolean;
  readonly us: number;
}

/** A hostile QEMU at the socket of `--bmc qemu-extern`. */
export const VM_SOCKET: Target = target<{ readonly latencyUs: number }, VmStep>({
  name: "vm-protocol",
  about: "a hostile QEMU on ipmi-bmc-extern's stream: after a new connection all is well",
  unit: "messages",
  draw: (random) => ({
    setting: { latencyUs: random.pick([0, 100]) },
    steps: Array.from({ length: 1 + random.below(30) }, () => {
      const bytes = drawVmPiece(random);
      return {
        bytes,
        cutAt: random.below(bytes.length + 1),
        reconnects: random.chance(0.1),
        us: random.chance(0.3) ? random.below(3_000) : 0,
      };
    }),
  }),
  play: ({ latencyUs }, steps) => {
    const time = new VirtualTime();
    const tracer = new Tracer(() => time.nowUs);
    const bmc = new ExternBmc({ scheduler: time.lane("bmc"), tracer, latencyUs, resetUs: 1_000 });
    const deaf = { write: () => {}, drop: () => {} };
    bmc.connected(deaf);
    for (const { bytes, cutAt, reconnects, us } of steps) {
      bmc.receive(bytes.subarray(0, cutAt));
      bmc.receive(bytes.subarray(cutAt));
      if (reconnects) bmc.disconnected();
      time.runUntil(time.nowUs + us);
      if (!bmc.present) time.runUntil(time.nowUs + 5_000);
      if (reconnects || !bmc.present) bmc.connected(deaf);
    }
    bmc.disconnected();
    time.runUntil(time.nowUs + 100_000);
    expectDeviceId(bmc, time);
    return steps.length;
  },
});

function expectDeviceId(bmc: ExternBmc, time: VirtualTime): void {
  const sent: number[] = [];
  bmc.connected({ write: (bytes) => sent.push(...bytes), drop: () => {} });
  bmc.receive(encodeVmMessage(0, Uint8Array.of(0x18, 0x01)));
  time.runUntil(time.nowUs + 100_000);
  const frames = new VmReader().push(Uint8Array.from(sent));
  const answer = frames.find((frame) => frame.kind === "message");
  if (answer?.kind === "message" && answer.message[0] === 0x1c && answer.message[2] === 0) return;
  throw new Broken("no right answer on a new connection");
}

function drawVmPiece(random: Random): Uint8Array {
  const netFn = random.pick([0x00, 0x04, 0x10, 0x18, 0x28, 0x30]);
  const bytes = random.pick([
    random.bytes(random.below(40)),
    encodeVmMessage(random.byte(), random.bytes(2 + random.below(40))),
    encodeVmMessage(random.byte(), request(netFn, random)),
    encodeVmMessage(random.byte(), request(netFn, random)),
    Uint8Array.of(random.byte(), random.byte(), 0xa1),
    Uint8Array.of(0xa1),
    Uint8Array.of(0xa0),
    Uint8Array.of(0xaa, 0xaa, 0xa0),
    Uint8Array.of(0x08, random.byte(), 0xa1),
    Uint8Array.of(0x04, 0xa1),
    random.bytes(3_000),
  ]);
  if (!random.chance(0.2)) return bytes;
  const at = random.below(bytes.length);
  return bytes.map((byte, index) => (index === at ? random.byte() : byte));
}

function request(netFn: number, random: Random): Uint8Array {
  return Uint8Array.of(netFn, random.byte(), ...random.bytes(random.below(30)));
}
