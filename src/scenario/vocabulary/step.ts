import { choice, goesWith, struct } from "./choice.ts";
import {
  byte,
  bytes,
  command,
  flag,
  number,
  oneOf,
  optional,
  requestBytes,
  required,
  text,
  time,
  times,
  yes,
} from "./unit.ts";
import { watchdogStep } from "./watchdog-step.ts";

const ASKS = ["request", "raw"] as const;
const REPEATED = [...ASKS, "read", "watchdog", "keepalive", "program"] as const;

const ipmb = struct({
  channel: optional(byte, "IPMB channel, 00 when left out"),
  address: required(byte, "The responder's slave address"),
});

/** One thing that a user of the host does. */
export const step = choice({
  words: {
    sleep: optional(time, "Do nothing for so long"),
    request: optional(command, "A request by the command's name, or netFn/cmd"),
    raw: optional(requestBytes, "A request as bytes: NetFn/LUN, Cmd, data"),
    program: optional(text, "Run a program of the host's: its name and its arguments"),
    events: optional(oneOf("on", "off"), "Become, or cease to be, an event receiver"),
    driver: optional(
      oneOf("remove", "insert", "unload", "load", "hot-remove", "hot-add"),
      "Take the driver from its device and put it back; unload and load its modules; take the " +
        "interface away and add it by the driver's hotmod parameter",
    ),
    read: optional(text, "Read an attribute of the interface, by Linux's name"),
    watchdog: optional(watchdogStep, "Use the watchdog timer, or change its setting"),
    keepalive: optional(yes, "A heartbeat of the watchdog, without opening it"),
    close: optional(text, "That user goes away, requests in flight or not"),
  },
  also: {
    data: goesWith(["request"], optional(bytes, "The data after Cmd")),
    lun: goesWith(["request"], optional(number(0, 3), "The LUN, 0 when left out")),
    ipmb: goesWith(ASKS, optional(ipmb, "A responder on the IPMB")),
    status: goesWith(
      ["program"],
      optional(number(0, 255), "The status that it must end with, 0 when left out"),
    ),
    times: goesWith(REPEATED, optional(times, "How often, one after the other; 1 when left out")),
    every: goesWith(REPEATED, optional(time, "With times: from the start of one to the next")),
    parallel: goesWith(ASKS, optional(flag, "With times: all at once, no waiting for answers")),
  },
});
