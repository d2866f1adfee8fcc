import { Command } from "commander";
import { examineCampaigns } from "../../lab/campaign/index.ts";
import { examineMachine, type Finding } from "../../seats/linux/index.ts";
import { examineBmcKernels } from "../../seats/linux-bmc/doctor.ts";
import { examineDevices } from "../../seats/qemu/index.ts";
import { examinePrograms } from "../../seats/userspace/doctor.ts";
import { Exit } from "../failure.ts";
import { JSON_OPTION, withJson } from "../json-output.ts";

export function doctorCommand(): Command {
  return new Command("doctor")
    .description("Say what this machine has for each seat, and how to get what it lacks.")
    .option(...JSON_OPTION)
    .addHelpText("after", "\nExit status: 0 when everything is there, 3 when something is missing.")
    .action(doctor);
}

async function doctor(options: { json?: string }): Promise<void> {
  const stack: Finding = {
    what: "stack and model",
    state: "good",
    text: `Node ${process.versions.node}; needs nothing else`,
    remedy: "",
  };
  await withJson(options.json, async (json) => {
    const facts = [
      ...[stack, ...(await examineMachine()), ...(await examineDevices())],
      examineBmcKernels(),
      ...(await examinePrograms()),
      await examineCampaigns(),
    ];
    const missing = facts.some(({ state }) => state === "missing");
    process.exitCode = missing ? Exit.Missing : Exit.AsExpected;
    json.put(
      () => facts,
      () => facts.map((fact) => `${line(fact)}\n`).join(""),
    );
  });
}

const STATE = { good: "good   ", weak: "weak   ", missing: "MISSING" } as const;

function line({ what, state, text, remedy }: Finding): string {
  const head = `${STATE[state]}  ${what}: ${text}`;
  return remedy === "" ? head : `${head}\n         ${remedy}`;
}
