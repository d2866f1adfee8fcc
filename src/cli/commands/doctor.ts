import { Command } from "commander";
import { examineMachine, type Finding } from "../../seats/linux/index.ts";
import { examineDevices } from "../../seats/qemu/index.ts";
import { Exit } from "../failure.ts";
import { say, sayJson } from "../say.ts";

export function doctorCommand(): Command {
  return new Command("doctor")
    .description("Say what this machine has for each seat, and how to get what it lacks.")
    .option("--json", "print one JSON document and nothing else")
    .addHelpText("after", "\nExit status: 0 when everything is there, 3 when something is missing.")
    .action(doctor);
}

async function doctor(options: { json?: boolean }): Promise<void> {
  const stack: Finding = {
    what: "stack and model",
    state: "good",
    text: `Node ${process.versions.node}; needs nothing else`,
    remedy: "",
  };
  const facts = [stack, ...(await examineMachine()), ...(await examineDevices())];
  if (options.json === true) sayJson(facts);
  else for (const fact of facts) say(line(fact));
  process.exitCode = facts.some(({ state }) => state === "missing")
    ? Exit.Missing
    : Exit.AsExpected;
}

const STATE = { good: "good   ", weak: "weak   ", missing: "MISSING" } as const;

function line({ what, state, text, remedy }: Finding): string {
  const head = `${STATE[state]}  ${what}: ${text}`;
  return remedy === "" ? head : `${head}\n         ${remedy}`;
}
