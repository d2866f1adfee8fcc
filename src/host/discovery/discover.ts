import type { Finding } from "./finding.ts";
import { type SmbiosTables, smbiosInterfaces } from "./smbios.ts";
import { type Answer, weigh } from "./weigh.ts";

/** What was read of a machine: as bytes and texts, with nothing made of them. All may be missing. */
export interface MachineTables {
  readonly smbios: SmbiosTables;
}

/** What a machine says of its interfaces. */
export interface Discovery {
  /** The first is the one to use, unless it is passed over too. */
  readonly answers: readonly Answer[];
  /** What is wrong with a table, a sentence each. */
  readonly remarks: readonly string[];
  /** What was there to look at. */
  readonly looked: readonly string[];
}

/** Reads all tables and weighs what they say. Takes any bytes, and never throws for them. */
export function discover(tables: MachineTables): Discovery {
  const smbios = smbiosInterfaces(tables.smbios);
  const findings: readonly Finding[] = [...smbios.findings];
  const version = smbios.version === undefined ? "" : ` ${smbios.version}`;
  return {
    answers: weigh(findings),
    remarks: smbios.remarks,
    looked: tables.smbios.structures === undefined ? [] : [`SMBIOS${version}`],
  };
}
