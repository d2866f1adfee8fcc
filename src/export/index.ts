/** Traces in the formats of other programs. */
import type { TraceHead } from "../trace/head.ts";
import type { Exporter, MaskOptions, Put } from "./exporter.ts";
import { pcapngExporter } from "./pcapng.ts";
import { perfettoExporter } from "./perfetto.ts";
import { vcdExporter } from "./vcd.ts";

export type { Exporter, MaskOptions, Put };

/** A format that a trace can be written in. */
export interface ExportFormat {
  readonly name: string;
  readonly about: string;
  /** Begins a file; `put` gets its pieces, in order. */
  readonly begin: (head: TraceHead, put: Put, options: MaskOptions) => Exporter;
}

export const EXPORT_FORMATS: readonly ExportFormat[] = [
  {
    name: "pcapng",
    about: "messages, findings and faults, for Wireshark",
    begin: pcapngExporter,
  },
  {
    name: "vcd",
    about: "registers and their bits, or SCL and SDA, for GTKWave and sigrok",
    begin: vcdExporter,
  },
  {
    name: "perfetto",
    about: "requests, transfers, runs and faults as tracks, for ui.perfetto.dev",
    begin: perfettoExporter,
  },
];
