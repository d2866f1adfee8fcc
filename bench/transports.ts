/** What a request costs on the transports beside the four interfaces, in virtual time. */
import { IpmbController, SerialBmc } from "../src/bmc/index.ts";
import { SerialHost } from "../src/host/index.ts";
import { NetFn } from "../src/ipmi/command-table.ts";
import { VirtualTime } from "../src/time/index.ts";
import { Tracer } from "../src/trace/tracer.ts";
import { IpmbSegment } from "../src/wire/ipmb/port.ts";
import { SERIAL_MODES, type SerialMode } from "../src/wire/serial/protocol.ts";
import { SerialLine } from "../src/wire/stream/line.ts";
import type { Table } from "../tools/figures/store.ts";
import { median } from "./median.ts";

const ROUNDS = 5;
const REQUESTS = 4_000;
const GET_DEVICE_ID = { netFn: NetFn.App, cmd: 0x01 } as const;
const BMC = 0x20;
const SATELLITE = 0x82;

/** Asks again and again, each time when the last was answered; gives how often that was. */
function askedInTurn(time: VirtualTime, ask: (answered: () => void) => void): number {
  let answers = 0;
  const next = () => {
    answers++;
    if (answers < REQUESTS) ask(next);
  };
  ask(next);
  while (time.runNext(Number.POSITIVE_INFINITY));
  return answers;
}

function serial(mode: SerialMode): number {
  const time = new VirtualTime();
  const line = new SerialLine(time.lane("line"), { bitRate: 115_200 });
  const host = new SerialHost(line.host, time.lane("host"), { mode });
  const tracer = new Tracer(() => time.nowUs);
  const bmc = new SerialBmc(line.bmc, time.lane("bmc"), tracer, { mode });
  const answers = askedInTurn(time, (answered) => host.submit(GET_DEVICE_ID, answered));
  if (bmc.lost > 0) throw new Error(`${mode}: ${bmc.lost} requests were lost`);
  return answers;
}

function ipmb(): number {
  const time = new VirtualTime();
  const segment = new IpmbSegment(time.lane("ipmb"));
  const [bmc] = [BMC, SATELLITE].map((address) => {
    const scheduler = time.lane(`at ${address}`);
    const execute = () => Uint8Array.of(0);
    return new IpmbController({ address, port: segment.attach(address), scheduler, execute });
  });
  const request = { to: SATELLITE, toLun: 0, ...GET_DEVICE_ID, data: new Uint8Array(0) };
  return askedInTurn(time, (answered) => bmc?.requester.request(request, answered));
}

/** Transactions of our host, or of our BMC, with the other end, a second. */
export function transportFigures(): readonly Table[] {
  const kinds = [
    ...SERIAL_MODES.map((mode) => ({ what: mode, play: () => serial(mode) })),
    { what: "ipmb", play: ipmb },
  ];
  const rows = kinds.map(({ what, play }) => {
    play();
    const rates = Array.from({ length: ROUNDS }, () => {
      const from = performance.now();
      const answers = play();
      return answers / ((performance.now() - from) / 1_000);
    });
    return [what, `${median(rates).toFixed(0)}/s`];
  });
  return [
    { title: `simulated transactions per second, Get Device ID, median of ${ROUNDS} rounds`, rows },
  ];
}
