import { Masking } from "../explain/masking.ts";
import { statusBits } from "../explain/register-names.ts";
import type { TraceEvent } from "../trace/events.ts";
import type { TraceHead, TransportKind } from "../trace/head.ts";
import { BusWaves, UNITS_PER_US } from "./bus-waves.ts";
import type { Exporter, MaskOptions, Put } from "./exporter.ts";
import { type Signal, VcdFile } from "./vcd-file.ts";

const TIMESCALE = "100 ns";

const FACES = ["host", "bmc"] as const;

/** For GTKWave and other viewers of waves: registers and their bits, and SCL and SDA of an SMBus. */
export function vcdExporter(
  head: TraceHead,
  put: Put,
  { unmasked = false }: MaskOptions,
): Exporter {
  const kind = head.interface;
  const waves = kind === "ssif" ? new BusExporter(head, put) : new RegisterExporter(head, put);
  if (unmasked) return waves;
  const masking = new Masking(kind);
  return { event: (event) => waves.event(masking.of(event).event), end: () => waves.end() };
}

/** Of the registers, as either face shows them. */
class RegisterExporter implements Exporter {
  readonly #file: VcdFile;
  readonly #kind: TransportKind;
  #lastUs = 0;

  constructor({ interface: kind, taps }: TraceHead, put: Put) {
    const scopes = new Map<string, readonly Signal[]>();
    for (const face of FACES) {
      if (taps[face]) scopes.set(face, [...SIGNALS[kind][face], ...RUNS[face]]);
    }
    scopes.set("wire", WIRE);
    this.#kind = kind;
    this.#file = new VcdFile(scopes, TIMESCALE, put);
  }

  event(event: TraceEvent): void {
    this.#lastUs = event.t;
    const at = event.t * UNITS_PER_US;
    switch (event.e) {
      case "host.read":
      case "host.write": {
        const writes = event.e === "host.write";
        const name = HOST_SIGNALS[event.reg][writes ? "write" : "read"];
        this.#file.change(name, event.value, at);
        // What BT's host writes sets and clears bits: the register as it is comes with the next read.
        if (!writes && event.reg === STATUS_AT[this.#kind]) {
          this.#file.change("host_status", event.value, at);
        }
        return this.#file.toggle(writes ? "host_writes" : "host_reads", at);
      }
      case "bmc.read":
        this.#file.change(event.command ? "bmc_code_in" : "bmc_data_in", event.value, at);
        return this.#file.toggle("bmc_takes", at);
      case "bmc.write":
        this.#file.change("bmc_data_out", event.value, at);
        return this.#file.toggle("bmc_gives", at);
      case "bmc.status":
        return this.#file.change("bmc_status", event.status, at);
      case "bmc.code":
        return this.#file.change("bmc_code_out", event.value, at);
      case "run":
        return this.#file.change("host_runs", event.on ? 1 : 0, at);
      case "irq":
        return this.#file.change("irq", event.level, at);
      case "fault":
        return this.#file.toggle("fault", at);
      default:
    }
  }

  end(): void {
    this.#file.end((this.#lastUs + 1) * UNITS_PER_US);
  }
}

/** Of the bus, by the host's face if it is tapped. */
class BusExporter implements Exporter {
  readonly #file: VcdFile;
  readonly #waves: BusWaves;
  readonly #face: "host.bus" | "bmc.bus";

  constructor({ taps }: TraceHead, put: Put) {
    this.#face = taps.host ? "host.bus" : "bmc.bus";
    this.#file = new VcdFile(new Map([["smbus", BUS]]), TIMESCALE, put);
    this.#waves = new BusWaves((line, level, at) => this.#file.change(line, level, at));
  }

  event(event: TraceEvent): void {
    if (event.e === this.#face) this.#waves.take(event);
    else if (event.e === "bmc.alert") this.#waves.alert(event.level === 0, event.t);
  }

  end(): void {
    this.#file.end(this.#waves.end());
  }
}

/** The register that shows the state, by interface. */
const STATUS_AT = {
  kcs: "status",
  smic: "flags",
  bt: "control",
  ssif: undefined,
  opal: undefined,
} as const;

const HOST_SIGNALS = {
  data: { read: "host_data_in", write: "host_data_out" },
  status: { read: "host_status", write: "host_status" },
  command: { read: "host_command", write: "host_command" },
  control: { read: "host_control_in", write: "host_control_out" },
  flags: { read: "host_status", write: "host_flags_out" },
  intmask: { read: "host_intmask_in", write: "host_intmask_out" },
} as const;

const byte = (name: string): Signal => ({ name, bits: 8 });
const bit = (name: string): Signal => ({ name, bits: 1 });

function status(name: string, kind: TransportKind, face: string): Signal {
  const parts = statusBits(kind).map(([mask, bitName]) => {
    return [mask, `${face}_${bitName.replace(/\W/g, "")}`] as const;
  });
  return { name, bits: 8, parts };
}

const BMC_BYTES = [byte("bmc_data_in"), byte("bmc_data_out")];
const HOST_BYTES = [byte("host_data_in"), byte("host_data_out")];

const SIGNALS: Readonly<Record<TransportKind, Record<"host" | "bmc", readonly Signal[]>>> = {
  kcs: {
    host: [status("host_status", "kcs", "host"), byte("host_command"), ...HOST_BYTES],
    bmc: [status("bmc_status", "kcs", "bmc"), byte("bmc_code_in"), ...BMC_BYTES],
  },
  smic: {
    host: [
      status("host_status", "smic", "host"),
      ...["host_flags_out", "host_control_in", "host_control_out"].map(byte),
      ...HOST_BYTES,
    ],
    bmc: [
      status("bmc_status", "smic", "bmc"),
      ...["bmc_code_in", "bmc_code_out"].map(byte),
      ...BMC_BYTES,
    ],
  },
  bt: {
    host: [
      status("host_status", "bt", "host"),
      ...["host_control_in", "host_control_out", "host_intmask_in", "host_intmask_out"].map(byte),
      ...HOST_BYTES,
    ],
    bmc: [status("bmc_status", "bt", "bmc"), ...BMC_BYTES],
  },
  ssif: { host: [], bmc: [] },
  opal: { host: [], bmc: [] },
};

/** They turn round at each access: a byte that comes twice is seen to come twice. */
const RUNS = {
  host: [bit("host_reads"), bit("host_writes"), bit("host_runs")],
  bmc: [bit("bmc_takes"), bit("bmc_gives")],
} as const;
const WIRE = [bit("irq"), bit("fault")];
const BUS = [bit("scl"), bit("sda"), bit("alert")];
