import type { InterfaceDevice } from "../../src/bmc/index.ts";
import type { MessageDeviceOptions } from "../../src/bmc/message-device.ts";
import type { VirtualTime } from "../../src/time/virtual.ts";
import type { TransactionTags } from "../../src/wire/registers/port.ts";
import { Bus } from "../../src/wire/smbus/port.ts";
import { Bench as BtBench, CAPABILITIES } from "../bmc/bt/register-script.ts";
import { Bench as KcsBench } from "../bmc/kcs/register-script.ts";
import { Bench as SmicBench } from "../bmc/smic/register-script.ts";
import { Bench as SsifBench } from "../bmc/ssif/bench.ts";

/** A device, and a host at the other end of its wire that does as it is told and checks nothing. */
export interface DeviceBench {
  readonly device: InterfaceDevice;
  readonly time: VirtualTime;
  readonly tags: TransactionTags;
  /** The host sends a request of NetFn App, whatever the wire shows. */
  send(cmd: number): void;
  /** The host takes the response that is there; undefined: none is. */
  take(): readonly number[] | undefined;
  /** The host takes its own side back to where a transaction may begin, as the protocol has it. */
  recover(): void;
  /** The host makes some access or other, or a step of the bus. */
  touch(where: number, value: number): void;
  /** The host sees that the BMC asks for attention. */
  attention(): boolean;
  /** The host's end of the interrupt line, after it did what it has to for an interrupt. */
  listen(): void;
  line(): boolean;
}

/** No response is longer. */
const BYTES_MAX = 1_100;

type Options = Partial<MessageDeviceOptions>;

export function kcsBench(options: Options): DeviceBench {
  const bench = new KcsBench(options);
  const { registers } = bench;
  return {
    ...shared(bench, registers.tags),
    send: (cmd) => bench.run(`w1=61 r0 w0=18 r0 w1=62 r0 w0=${cmd.toString(16)}`),
    take: () => {
      const bytes: number[] = [];
      if ((registers.read(1) & 0xc1) !== 0x41) return undefined;
      while (bytes.length < BYTES_MAX && (registers.read(1) & 0xc1) === 0x41) {
        bytes.push(registers.read(0));
        bench.run("w0=68");
      }
      bench.run("r0");
      return bytes;
    },
    recover: () => {},
    touch: (where, value) => {
      bench.run(where % 3 === 0 ? `r${where % 2}` : `w${where % 2}=${value.toString(16)}`);
    },
    attention: () => (registers.read(1) & 0x04) !== 0,
    listen: () => bench.run("w1=60 r0 w0=00 r0 w0=68 r0"),
    line: () => registers.line,
  };
}

export function smicBench(options: Options): DeviceBench {
  const bench = new SmicBench(options);
  const { registers } = bench;
  return {
    ...shared(bench, registers.tags),
    send: (cmd) => bench.run(`41.18 43.${cmd.toString(16).padStart(2, "0")}`),
    take: () => {
      const bytes: number[] = [];
      if ((registers.read(2) & 0x80) === 0) return undefined;
      for (let code = "44"; bytes.length < BYTES_MAX; code = "45") {
        bench.run(code);
        const status = registers.read(1);
        if (status < 0xc4 || status > 0xc6) return undefined;
        bytes.push(registers.read(0));
        if (status === 0xc6) break;
      }
      bench.run("46");
      return bytes;
    },
    recover: () => {},
    touch: (where, value) => {
      bench.run(where % 4 === 0 ? `r${where % 3}` : `w${where % 3}=${value.toString(16)}`);
    },
    attention: () => (registers.read(2) & 0x04) !== 0,
    listen: () => {},
    line: () => registers.line,
  };
}

export function btBench(options: Options): DeviceBench {
  const bench = new BtBench({ ...options, capabilities: CAPABILITIES });
  const { registers } = bench;
  return {
    ...shared(bench, registers.tags),
    send: (cmd) => bench.run(`w0=1 w1=3 w1=18 w1=7 w1=${cmd.toString(16)} w0=4`),
    take: () => {
      if ((registers.read(0) & 0x08) === 0) return undefined;
      bench.run("w0=40 w0=8 w0=2");
      const length = registers.read(1);
      const frame = Array.from({ length }, () => registers.read(1));
      bench.run("w0=40");
      const [netFn = 0, , ...rest] = frame;
      return [netFn, ...rest];
    },
    recover: () => {
      const control = registers.read(0);
      bench.run(`w0=${(control & 0x48).toString(16)} w0=10`);
    },
    touch: (where, value) => {
      // BMC_HWRST resets the BMC; nobody obeys it here.
      bench.run(where % 4 === 0 ? `r${where % 3}` : `w${where % 3}=${value.toString(16)}`);
    },
    attention: () => (registers.read(0) & 0x10) !== 0,
    listen: () => bench.run("w2=1"),
    line: () => registers.line,
  };
}

export function ssifBench(options: Options): DeviceBench {
  const bench = new SsifBench(options);
  const { bus } = bench;
  const turn = () => bench.time.runUntil(bench.time.nowUs);
  return {
    ...shared(bench, bus.tags),
    send: (cmd) => {
      bus.start(0x20);
      for (const byte of [0x02, 0x02, 0x18, cmd]) bus.write(byte);
      bus.stop();
      turn();
    },
    take: () => {
      bus.start(0x20);
      const wanted = bus.write(0x03) === Bus.Ack;
      const first = wanted ? block(0x21, true) : [];
      if (!wanted) bus.stop();
      if (first.length === 0) return undefined;
      if (first[0] !== 0x00 || first[1] !== 0x01) return first;
      const bytes = first.slice(2);
      for (let more = true; more && bytes.length < BYTES_MAX; ) {
        bus.start(0x20);
        bus.write(0x09);
        const [number, ...data] = block(0x21, true);
        bytes.push(...data);
        more = number !== 0xff && number !== undefined;
      }
      return bytes;
    },
    recover: () => void bus.stop(),
    touch: (where, value) => {
      if (where % 4 === 0) bus.start(value % 2 === 0 ? 0x20 : 0x21);
      else if (where % 4 === 1) bus.write(value);
      else if (where % 4 === 2) bus.read(value % 2 === 0);
      else bus.stop();
      turn();
    },
    attention: () => false,
    listen: () => {},
    line: () => bus.alert,
  };

  function block(addressByte: number, stops: boolean): number[] {
    bus.start(addressByte);
    const count = bus.read(true);
    const bytes = Array.from({ length: Math.min(count, 32) }, (_, at) => bus.read(at + 1 < count));
    if (stops) bus.stop();
    turn();
    return bytes;
  }
}

function shared(
  bench: { readonly device: InterfaceDevice; readonly time: VirtualTime },
  tags: TransactionTags,
): Pick<DeviceBench, "device" | "time" | "tags"> {
  return { device: bench.device, time: bench.time, tags };
}
