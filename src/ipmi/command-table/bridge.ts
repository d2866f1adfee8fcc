import type { Row } from "./row.ts";

/**
 * NetFn Bridge. The commands are those of the ICMB bridge specification; IPMI lists them without
 * sections of their own. @see IPMI 2.0 Appendix G, Table G-1
 */
export const bridgeCommands: readonly Row[] = [
  [0x00, "Get Bridge State", "ICMB", "U", "O"],
  [0x01, "Set Bridge State", "ICMB", "A", "O"],
  [0x02, "Get ICMB Address", "ICMB", "U", "O"],
  [0x03, "Set ICMB Address", "ICMB", "A", "O"],
  [0x04, "Set Bridge Proxy Address", "ICMB", "A", "O"],
  [0x05, "Get Bridge Statistics", "ICMB", "U", "O"],
  [0x06, "Get ICMB Capabilities", "ICMB", "U", "O"],
  [0x08, "Clear Bridge Statistics", "ICMB", "A", "O", "once"],
  [0x09, "Get Bridge Proxy Address", "ICMB", "U", "O"],
  [0x0a, "Get ICMB Connector Info", "ICMB", "U", "O"],
  [0x0b, "Get ICMB Connection ID", "ICMB", "U", "O"],
  [0x0c, "Send ICMB Connection ID", "ICMB", "A", "O", "once"],
  [0x10, "Prepare For Discovery", "ICMB", "A", "O"],
  [0x11, "Get Addresses", "ICMB", "U", "O"],
  [0x12, "Set Discovered", "ICMB", "A", "O"],
  [0x13, "Get Chassis Device ID", "ICMB", "U", "O"],
  [0x14, "Set Chassis Device ID", "ICMB", "A", "O"],
  [0x20, "Bridge Request", "ICMB", "A", "O", "once"],
  [0x21, "Bridge Message", "ICMB", "A", "O", "once"],
  [0x30, "Get Event Count", "ICMB", "U", "O"],
  [0x31, "Set Event Destination", "ICMB", "A", "O"],
  [0x32, "Set Event Reception State", "ICMB", "A", "O"],
  [0x33, "Send ICMB Event Message", "ICMB", "A", "O", "once"],
  [0x34, "Get Event Destination", "ICMB", "U", "O"],
  [0x35, "Get Event Reception State", "ICMB", "U", "O"],
  [0xff, "Error Report", "ICMB", "A", "O", "once"],
];
