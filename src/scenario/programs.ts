import { PROGRAM_SEATS, type ProgramWord, type Scenario } from "./schema.ts";
import { seatsOf, type Wrong } from "./script.ts";

/** What is wrong with the programs that users run: each is one host's, and no other has it. */
export function whyNoPrograms(scenario: Scenario): readonly Wrong[] {
  const words: readonly string[] = PROGRAM_SEATS;
  const others = seatsOf(scenario).filter((seat) => !words.includes(seat));
  if (others.length === 0) return [];
  const right = PROGRAM_SEATS.map((word: ProgramWord) => `\`seats: [${word}]\``).join(" or ");
  return scenario.workload.flatMap(({ steps }, user) => {
    return steps.flatMap((step, index) => {
      if (step.program === undefined) return [];
      const message = `${others.join(" and ")} has no programs: say whose it is by ${right}`;
      return [{ path: ["workload", user, "steps", index, "program"], message }];
    });
  });
}
