import { expect, test } from "vitest";
import { shapeOf } from "../../src/diagnosis/shape.ts";

// Goal: what differs from machine to machine is out, what tells one fault from another stays.
test.each([
  ["ipmi_si 0000:00:02.0: KCS in invalid state 7", "ipmi_si: KCS in invalid state #"],
  ["ipmi_si IPI0001:00: KCS in invalid state 6", "ipmi_si: KCS in invalid state #"],
  ["ipmi_si dmi-ipmi-si.0: Using irq 10", "ipmi_si: Using irq #"],
  ["ipmi_si: IPMI System Interface driver", "ipmi_si: IPMI System Interface driver"],
  [
    "ipmi_si 0000:00:02.0: IPMI message handler: BMC returned 0xd5, retry get bmc device id",
    "ipmi_msghandler: BMC returned 0xd5, retry get bmc device id",
  ],
  [
    "IPMI message handler: BMC returned 0xff, retry get bmc device id",
    "ipmi_msghandler: BMC returned 0xff, retry get bmc device id",
  ],
  ["IPMI Watchdog: heartbeat send failure: -16", "ipmi_watchdog: heartbeat send failure: errno16"],
  [
    "ipmi_ssif 0-0010: ipmi_ssif: Error getting flags: -110 0, 0",
    "ipmi_ssif: Error getting flags: errno110 #",
  ],
  ["INFO: task kworker/0:1:12 blocked for more than 120 seconds.", "hung task"],
  ["INFO: task ipmitool:4711 blocked for more than 241 seconds.", "hung task"],
  [
    "list_add double add: new=ffff888100e0a800, prev=ffff88810a1b2c38, next=ffff888100e0a800.",
    "list_add double add: new=#, prev=#, next=#.",
  ],
  ["__get_guid+0x10a/0x1c0 [ipmi_msghandler]", "in __get_guid"],
  ["[<ffffffffc0a1b2c3>] __get_guid+0x10a/0x1c0 [ipmi_msghandler]", "in __get_guid"],
  ["firmware_revision_show+0x51/0x90 [ipmi_msghandler]", "in attribute_show"],
  ["RIP: 0010:__list_add_valid_or_report+0x97/0xa0", "in __list_add_valid"],
])("%s", (text, shape) => {
  expect(shapeOf(text)).toBe(shape);
});

test.each([
  ["what has nothing to do with IPMI", "usb 1-5.4: new high-speed USB device number 5"],
  ["a function of others", "schedule+0x2e/0x80"],
  ["a function that was only found on the stack", "? __get_guid+0x10a/0x1c0 [ipmi_msghandler]"],
  [
    "a line of a trace",
    "ipmitool-98 [000] d..1. 12.703561: r: (port_inb+0x0/0x20 [ipmi_si]) off=0",
  ],
  ["which modules are loaded", "Modules linked in: ipmi_si ipmi_msghandler"],
])("%s has no shape", (_, text) => {
  expect(shapeOf(text)).toBeUndefined();
});
