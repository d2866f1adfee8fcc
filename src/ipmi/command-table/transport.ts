import type { Row } from "./row.ts";

/** NetFn Transport: LAN, serial and SOL. @see IPMI 2.0 Appendix G, Table G-1 */
export const transportCommands: readonly Row[] = [
  [0x01, "Set LAN Configuration Parameters", "23.1", "A", "O"],
  [0x02, "Get LAN Configuration Parameters", "23.2", "O", "O"],
  [0x03, "Suspend BMC ARPs", "23.3", "A", "O"],
  [0x04, "Get IP/UDP/RMCP Statistics", "23.4", "U", "O"],
  [0x10, "Set Serial/Modem Configuration", "25.1", "A", "O"],
  [0x11, "Get Serial/Modem Configuration", "25.2", "O", "O"],
  [0x12, "Set Serial/Modem Mux", "25.3", "O", "O"],
  [0x13, "Get TAP Response Codes", "25.4", "U", "O"],
  [0x14, "Set PPP UDP Proxy Transmit Data", "25.5", "s", "O"],
  [0x15, "Get PPP UDP Proxy Transmit Data", "25.6", "s", "O"],
  [0x16, "Send PPP UDP Proxy Packet", "25.7", "s", "O", "once"],
  [0x17, "Get PPP UDP Proxy Receive Data", "25.8", "s", "O", "once"],
  [0x18, "Serial/Modem Connection Active", "25.9", "b", "O"],
  [0x19, "Callback", "25.10", "A", "O", "once"],
  [0x1a, "Set User Callback Options", "25.11", "A", "O"],
  [0x1b, "Get User Callback Options", "25.12", "U", "O"],
  [0x1c, "Set Serial Routing Mux", "25.13", "A", "O"],
  [0x20, "SOL Activating", "26.1", "b", "O"],
  [0x21, "Set SOL Configuration Parameters", "26.2", "A", "O"],
  [0x22, "Get SOL Configuration Parameters", "26.3", "U", "O"],
  [0x30, "Forwarded Command", "25b", "b", "O"],
  [0x31, "Set Forwarded Commands", "25b", "A", "O"],
  [0x32, "Get Forwarded Commands", "25b", "U", "O"],
  [0x33, "Enable Forwarded Commands", "25b", "A", "O"],
];
