import type { Row } from "./row.ts";

/**
 * NetFn Storage. Of Add and Partial Add one is enough, but each is listed as mandatory.
 * @see IPMI 2.0 Appendix G, Table G-1
 */
export const storageCommands: readonly Row[] = [
  [0x10, "Get FRU Inventory Area Info", "34.1", "U", "M"],
  [0x11, "Read FRU Data", "34.2", "U", "M"],
  [0x12, "Write FRU Data", "34.3", "O", "M"],
  [0x20, "Get SDR Repository Info", "33.9", "U", "M"],
  [0x21, "Get SDR Repository Allocation Info", "33.10", "U", "O"],
  [0x22, "Reserve SDR Repository", "33.11", "U", "M"],
  [0x23, "Get SDR", "33.12", "U", "M"],
  [0x24, "Add SDR", "33.13", "O", "M", "once"],
  [0x25, "Partial Add SDR", "33.14", "O", "M", "once"],
  [0x26, "Delete SDR", "33.15", "O", "O", "once"],
  [0x27, "Clear SDR Repository", "33.16", "O", "M", "once"],
  [0x28, "Get SDR Repository Time", "33.17", "U", "O"],
  [0x29, "Set SDR Repository Time", "33.18", "O", "O", "once"],
  [0x2a, "Enter SDR Repository Update Mode", "33.19", "O", "O"],
  [0x2b, "Exit SDR Repository Update Mode", "33.20", "O", "O"],
  [0x2c, "Run Initialization Agent", "33.21", "O", "O", "once"],
  [0x40, "Get SEL Info", "31.2", "U", "M"],
  [0x41, "Get SEL Allocation Info", "31.3", "U", "O"],
  [0x42, "Reserve SEL", "31.4", "U", "O"],
  [0x43, "Get SEL Entry", "31.5", "U", "M"],
  [0x44, "Add SEL Entry", "31.6", "O", "M", "once"],
  [0x45, "Partial Add SEL Entry", "31.7", "O", "M", "once"],
  [0x46, "Delete SEL Entry", "31.8", "O", "O", "once"],
  [0x47, "Clear SEL", "31.9", "O", "M", "once"],
  [0x48, "Get SEL Time", "31.10", "U", "M"],
  [0x49, "Set SEL Time", "31.11", "O", "M", "once"],
  [0x5a, "Get Auxiliary Log Status", "31.12", "U", "O"],
  [0x5b, "Set Auxiliary Log Status", "31.13", "A", "O"],
  [0x5c, "Get SEL Time UTC Offset", "31.11a", "U", "O"],
  [0x5d, "Set SEL Time UTC Offset", "31.11b", "O", "O"],
];
