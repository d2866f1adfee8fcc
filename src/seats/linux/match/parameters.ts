import { type GuestProgram, type GuestWitness, modulePath, type Step } from "../index.ts";
import { NotForGuests } from "./not-for-guests.ts";

/** A module's parameter, as a user sets it by hand. */
export interface ModuleParameter {
  readonly module: string;
  readonly name: string;
  readonly value: string;
}

/** What a user may change of a guest, or want to have in it. */
export interface GuestSettings {
  readonly parameters?: readonly ModuleParameter[];
  /** The guest boots anew then: no state of one that was kept has a witness. */
  readonly witness?: GuestWitness;
}

/** As it is written on a kernel's command line. */
export function parameterText({ module, name, value }: ModuleParameter): string {
  return `${module}.${name}=${value}`;
}

/** Parameters by who takes them: a driver that is built in has its own from the command line. */
export function parametersFor(
  builtIn: readonly string[],
  parameters: readonly ModuleParameter[],
): { readonly ofModules: readonly ModuleParameter[]; readonly ofKernel: readonly string[] } {
  const forKernel = parameters.filter(({ module }) => builtIn.includes(module));
  return {
    ofModules: parameters.filter((parameter) => !forKernel.includes(parameter)),
    ofKernel: forKernel.map(parameterText),
  };
}

/**
 * The program in which each module that is inserted gets its parameters, behind those that the
 * program has for it: the kernel takes the last one of a name. One that nothing would take is
 * refused.
 */
export function withParameters(
  program: GuestProgram,
  parameters: readonly ModuleParameter[],
): GuestProgram {
  const taken = new Set<ModuleParameter>();
  const given = (step: Step): Step => {
    if (step.step === "repeat") return { ...step, steps: step.steps.map(given) };
    if (step.step !== "insert-module") return step;
    const own = parameters.filter(({ module }) => modulePath(module) === step.path);
    for (const parameter of own) taken.add(parameter);
    const texts = own.map(({ name, value }) => `${name}=${value}`);
    return { ...step, parameters: [step.parameters, ...texts].filter(Boolean).join(" ") };
  };
  const actors = program.actors.map((actor) => ({ ...actor, steps: actor.steps.map(given) }));
  const changed = { ...program, setup: program.setup.map(given), actors };
  for (const parameter of parameters) {
    if (taken.has(parameter)) continue;
    const text = parameterText(parameter);
    throw new NotForGuests(`${text} would do nothing: the match does not load ${parameter.module}`);
  }
  return changed;
}
