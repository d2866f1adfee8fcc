import type { Message } from "./message.ts";

/** `ipmi_si`: what is common to KCS, SMIC and BT, and how it finds them. */
export const SI: readonly Message[] = [
  {
    pattern: /There appears to be no BMC/,
    suspect: "bmc",
    meaning:
      "Get Device ID was not answered as it must be, and the driver does not look again until it is " +
      "loaded anew, whatever the BMC does later.",
  },
  {
    pattern: /si: BMC returned \S+, retry/,
    suspect: "bmc",
    meaning:
      "At start the BMC gives an error to Get Device ID, named by its code; it is asked again.",
  },
  {
    pattern: /Interface detection failed/,
    suspect: "machine",
    meaning:
      "At the registers nothing behaves like the protocol: no BMC there, a wrong address, or FFh.",
  },
  {
    pattern: /Unable to find any System Interface/,
    suspect: "machine",
    meaning: "Neither ACPI, SMBIOS, PCI nor a parameter told the driver of an interface.",
  },
  {
    pattern: /Could not set ?up I\/O space/i,
    suspect: "machine",
    meaning: "The interface's addresses are taken by another driver.",
  },
  {
    pattern: /support clearing the recv irq bit/,
    suspect: "bmc",
    meaning: "A bit of the global enables stays 1 when it is cleared. The driver lives with it.",
  },
  {
    pattern: /support setting the recv irq bit/,
    suspect: "bmc",
    meaning:
      "A bit of the global enables stays 0 when it is set. The driver does without interrupts.",
  },
  {
    pattern: /Cannot check (clearing|setting) the rcv irq/,
    suspect: "bmc",
    meaning:
      "The BMC refuses Get or Set BMC Global Enables, so that the driver cannot try its bits.",
  },
  {
    pattern: /Could not set the global enables/,
    suspect: "bmc",
    meaning: "The BMC refuses Set BMC Global Enables; events and interrupts may stay off.",
  },
  {
    pattern: /get irq info|might run very slowly/,
    suspect: "bmc",
    meaning: "The BMC refuses Get BMC Global Enables, so that interrupts are not turned on.",
  },
  {
    pattern: /(Error getting response|Invalid return) from (get|set) global/,
    suspect: "bmc",
    meaning:
      "The global enables cannot be read or set, so that events from the buffer are not to be had.",
  },
  {
    pattern: /si: Error clearing flags/,
    suspect: "bmc",
    meaning: "The BMC refuses Clear Message Flags.",
  },
  {
    pattern: /unable to claim interrupt|Unable to claim ACPI GPE/,
    suspect: "machine",
    meaning: "The interface's interrupt belongs to another; the driver polls, which is slow.",
  },
  {
    pattern: /IRQ index # not found/,
    suspect: "nobody",
    meaning: "The firmware names no interrupt for the interface; the driver polls.",
  },
  {
    pattern: /Could not start kernel thread/,
    suspect: "host",
    meaning: "The driver's own thread is missing, so that only its timer drives the interface.",
  },
  {
    pattern:
      /added with no device|Unable to (add device attributes|register (device|driver|PCI driver))/,
    suspect: "host",
    meaning: "The kernel could not set the interface up.",
  },
  {
    pattern: /state machine: duplicate|already exists|in favor of ACPI/,
    suspect: "nobody",
    meaning: "Firmware names one interface twice; the driver takes it once.",
  },
  {
    pattern:
      /Invalid register (size|spacing)|Unknown IPMI (class|type)|interface type|ipmi-type|no I\/O or memory/,
    suspect: "machine",
    meaning: "The firmware's description of the interface is one that the driver cannot use.",
  },
  {
    pattern: /ipmi_hotmod|ipmi_hardcode/,
    suspect: "user",
    meaning: "A parameter that somebody gave by hand is not understood.",
  },
  {
    pattern: /Base address is zero|dmi-ipmi.*(offset|type)/i,
    suspect: "machine",
    meaning: "The SMBIOS record of the interface has no usable address.",
  },
  {
    pattern:
      /probing via|specified .* state machine|regsize #|Using (irq|ACPI GPE)|interface initialized|Interface driver|enabling device/,
    suspect: "nobody",
    meaning: "The driver starts, and says where it looks and what it found.",
  },
  {
    pattern: /start_kcs_transaction/,
    suspect: "host",
    meaning:
      "A request went to an interface that was taken down: its bring-up failed after it was found.",
  },
];
