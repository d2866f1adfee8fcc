import type { Message } from "./message.ts";

/** What the kernel's own watchmen say of tasks and lists that IPMI has to do with. */
export const KERNEL: readonly Message[] = [
  {
    pattern: /^hung task$/,
    suspect: "host",
    meaning:
      "Somebody waits in the kernel and cannot be ended. With a function of the IPMI driver in the trace " +
      "below it: a request has had no answer for minutes.",
  },
  {
    pattern: /^hung task waits for another/,
    suspect: "nobody",
    meaning: "Who waits, waits for a lock of another's who waits.",
  },
  {
    pattern: /list_(add|del)/,
    suspect: "host",
    meaning:
      "A list of the kernel's is corrupt. With the message handler in the trace: a message was queued twice.",
  },
  {
    pattern:
      /^in (i_ipmi_request|ipmi_request_settime|__get_device_id|__get_guid|__bmc_get_device_id)$/,
    suspect: "either",
    meaning: "Somebody waits for the BMC's answer to a question about its identity.",
  },
  {
    pattern: /^in (kcs_event|smi_event_handler|smi_timeout|port_inb|kcs_\w+)$/,
    suspect: "host",
    meaning: "The processor was in the interface's state machine when something else complained.",
  },
  {
    pattern: /^(hard|soft) lockup$|^stall of RCU$/,
    suspect: "host",
    meaning:
      "A processor did not come back. With kcs_event in its trace: error recovery without a pause (Linux 6.2 to 6.17).",
  },
  {
    pattern: /refcount_t|use-after-free|kernel BUG|^oops|BUG: |general protection/,
    suspect: "host",
    meaning: "A fault of the kernel's own; whether it is IPMI's, the trace below it says.",
  },
  {
    pattern: /Kernel panic/,
    suspect: "nobody",
    meaning: "The kernel stopped. Whether a record of it reached the BMC, its event log says.",
  },
];
