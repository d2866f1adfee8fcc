import type { RealBmc, RealGround, RealParts } from "../../match/party.ts";
import { interfaceOf } from "../../scenario/on-interface.ts";
import type { Scenario } from "../../scenario/schema.ts";
import type { Summon } from "./application.ts";
import { ProgramBmc } from "./bmc.ts";
import { ownInterface } from "./interface.ts";
import { LineProgram } from "./line-program.ts";
import { VmSocket } from "./vm-socket.ts";

/** What users write before a BMC of their own, and who carries its requests out. */
const WAYS: Readonly<Record<string, (which: string) => Summon>> = {
  "exec:": (command) => (name, said) => new LineProgram(command, name, said),
  "socket:": (at) => (name, said) => new VmSocket(at, name, said),
};
export const PROGRAM_USAGE: readonly string[] = ["exec:COMMAND", "socket:PATH"];

/**
 * A BMC whose requests something of the user's carries out, behind any interface of ours; undefined when
 * what he wrote does not name one.
 */
export function program(written: string): RealBmc | undefined {
  const way = Object.keys(WAYS).find((prefix) => written.startsWith(prefix));
  const which = written.slice(way?.length).trim();
  const summon = way === undefined || which === "" ? undefined : WAYS[way]?.(which);
  if (summon === undefined) return undefined;
  return {
    name: written,
    time: "real",
    whyNot: (scenario) => whyNot(scenario),
    join: async (parts) => ground(summon, written, parts),
  };
}

/** A program of somebody else's is what it is. */
function whyNot({ name, faults, bmc = {} }: Scenario): string | undefined {
  if (faults !== undefined) return `${name} has faults, and those are the lab's BMC's`;
  const [wish] = Object.keys(bmc);
  return wish === undefined ? undefined : `${name} wants a BMC's ${wish}, and this one is yours`;
}

function ground(summon: Summon, name: string, parts: RealParts): RealGround {
  const { scenario, scheduler, tracer } = parts;
  const spacing = scenario.spacing ?? 1;
  const { wire, device } = ownInterface(interfaceOf(scenario), { scheduler, spacing });
  const bmc: ProgramBmc = new ProgramBmc(device, tracer, (request) => running.ask(request));
  const running = summon(name, {
    response: (message) => bmc.respond(message),
    attention: (on) => bmc.attention(on),
  });
  return {
    wire,
    powerOn: async () => bmc.begin(running.fresh),
    whyGone: async () => undefined,
    gone: running.gone,
    leave: async () => {
      bmc.stop();
      running.kill();
      await running.gone;
    },
  };
}
