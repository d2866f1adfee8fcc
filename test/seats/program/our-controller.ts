/** Our controller as somebody's program, behind the interface that its argument names. */
import { createInterface } from "node:readline";
import { Controller, FROM_SYSTEM_INTERFACE, type SystemInterface } from "../../../src/bmc/index.ts";
import { SystemInterfaceType } from "../../../src/ipmi/commands/app/system-interface.ts";
import { hex, parseHex } from "../../../src/ipmi/message.ts";
import { bmcOptions } from "../../../src/match/bmc-options.ts";
import { ordinaryLatencies } from "../../../src/match/course.ts";
import { RealScheduler } from "../../../src/time/index.ts";

const BT_ABILITIES = {
  outstandingRequests: 1,
  inputBytesMax: 255,
  outputBytesMax: 255,
  requestToResponseS: 5,
  retries: 1,
};
const SAYS: Readonly<Record<string, Partial<SystemInterface>>> = {
  kcs: { type: SystemInterfaceType.Kcs },
  smic: { type: SystemInterfaceType.Smic },
  bt: { type: undefined, bt: BT_ABILITIES },
  ssif: { type: SystemInterfaceType.Ssif },
};

const say = (line: string) => process.stdout.write(`${line}\n`);
const outputs = {
  attentionChanged: () =>
    say(`attention ${controller.messageFlags === 0 ? "off" : "on"}  # the flags changed`),
  resetRequested: () => {},
  power: () => {},
  pretimeout: () => {},
  life: () => {},
};
const says = SAYS[process.argv[2] ?? ""] ?? {};
const options = bmcOptions({}, says, ordinaryLatencies({})).controller;
const controller: Controller = new Controller(new RealScheduler(), outputs, options);

createInterface({ input: process.stdin }).on("line", (line) => {
  const response = controller.execute(parseHex(line), FROM_SYSTEM_INTERFACE);
  if (response !== undefined) say(hex(response));
});
