import { PcapngFile } from "../evidence/pcap/pcapng-file.ts";
import type { TraceHead } from "../trace/head.ts";
import type { Exporter, MaskOptions, Put } from "./exporter.ts";
import { findingText, Traffic } from "./traffic.ts";

/**
 * For Wireshark: each message a packet of link type 260, whatever the interface, as what NetFn/LUN,
 * command and data are; findings as the packets' comments; faults, resets and panics as lines of text.
 * @see PICMG HPM.2
 */
export function pcapngExporter(head: TraceHead, put: Put, options: MaskOptions): Exporter {
  const file = new PcapngFile(`${head.interface}: ${head.host} and ${head.bmc}`, put);
  const traffic = new Traffic(
    head,
    {
      message: ({ message, atUs, toBmc, findings }) => {
        file.message(message, atUs, { toBmc, comments: findings.map(findingText) });
      },
      line: (text, atUs) => file.text(text, atUs),
      over: () => {},
    },
    options,
  );
  return { event: (event) => traffic.event(event), end: () => {} };
}
