import type { RealBmc, RealGround, RealParts } from "../../match/party.ts";
import { systemInterfaceOf } from "../../scenario/on-interface.ts";
import type { Fault, Scenario } from "../../scenario/schema.ts";
import { bringsNews } from "../../scenario/vocabulary/bmc.ts";
import { faultText } from "../../scenario/vocabulary/fault.ts";
import type { Summon } from "./application.ts";
import { ProgramBmc } from "./bmc.ts";
import { ownInterface } from "./interface.ts";
import { LineProgram } from "./line-program.ts";
import { VmSocket, whyNoSocket } from "./vm-socket.ts";

/** How a BMC of a user's own is found by what he wrote behind its prefix. */
interface Way {
  readonly summon: (which: string) => Summon;
  /** Why there can be nothing of that name; undefined when there can. */
  readonly whyNot: (which: string) => string | undefined;
}

/** What users write before a BMC of their own, and who carries its requests out. */
const WAYS: Readonly<Record<string, Way>> = {
  "exec:": {
    summon: (command) => (name, said) => new LineProgram(command, name, said),
    whyNot: () => undefined,
  },
  "socket:": {
    summon: (at) => (name, said) => new VmSocket(at, name, said),
    whyNot: whyNoSocket,
  },
};
export const PROGRAM_USAGE: readonly string[] = ["exec:COMMAND", "socket:PATH"];

/**
 * A BMC whose requests something of the user's carries out, behind any interface of ours; undefined when
 * what he wrote does not name one.
 */
export function program(written: string): RealBmc | undefined {
  const prefix = Object.keys(WAYS).find((each) => written.startsWith(each));
  const way = prefix === undefined ? undefined : WAYS[prefix];
  const which = written.slice(prefix?.length).trim();
  if (way === undefined || which === "") return undefined;
  const why = way.whyNot(which);
  return {
    name: written,
    time: "real",
    whyNot: (scenario) => (why === undefined ? whyNot(scenario) : `${written}: ${why}`),
    join: async (parts) => ground(way.summon(which), written, parts),
  };
}

/** A program of somebody else's is what it is. */
function whyNot({ name, faults = [], bmc = {} }: Scenario): string | undefined {
  if (!faults.every(isDispensable)) return `${name} has faults, and those are the lab's BMC's`;
  const [wish] = Object.keys(bmc);
  return wish === undefined ? undefined : `${name} wants a BMC's ${wish}, and this one is yours`;
}

/** News that need not come, and of which nobody could tell a program of somebody else's. */
function isDispensable({ bmc, "may-miss": mayMiss }: Fault): boolean {
  return mayMiss === true && bmc !== undefined && bringsNews(bmc);
}

function leftOut({ faults = [] }: Scenario): readonly string[] {
  return faults.map((fault) => `left out, since this BMC is yours: ${faultText(fault)}`);
}

function ground(summon: Summon, name: string, parts: RealParts): RealGround {
  const { scenario, scheduler, tracer } = parts;
  const spacing = scenario.spacing ?? 1;
  const { wire, device } = ownInterface(systemInterfaceOf(scenario), { scheduler, spacing });
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
    remarks: leftOut(scenario),
    leave: async () => {
      bmc.stop();
      running.kill();
      await running.gone;
    },
  };
}
