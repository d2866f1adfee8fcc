import type { Row } from "./row.ts";

/** NetFn Chassis. @see IPMI 2.0 Appendix G, Table G-1 */
export const chassisCommands: readonly Row[] = [
  [0x00, "Get Chassis Capabilities", "28.1", "U", "M"],
  [0x01, "Get Chassis Status", "28.2", "U", "M"],
  [0x02, "Chassis Control", "28.3", "O", "M", "once"],
  [0x03, "Chassis Reset", "28.4", "O", "O", "once"],
  [0x04, "Chassis Identify", "28.5", "O", "O", "once"],
  [0x05, "Set Chassis Capabilities", "28.7", "A", "O"],
  [0x06, "Set Power Restore Policy", "28.8", "O", "O"],
  [0x07, "Get System Restart Cause", "28.11", "U", "O"],
  [0x08, "Set System Boot Options", "28.12", "O", "O"],
  [0x09, "Get System Boot Options", "28.13", "O", "O"],
  [0x0a, "Set Front Panel Button Enables", "28.6", "A", "O"],
  [0x0b, "Set Power Cycle Interval", "28.9", "A", "O"],
  [0x0f, "Get POH Counter", "28.14", "U", "O"],
];
