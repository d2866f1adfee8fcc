import { availableParallelism } from "node:os";
import { Command } from "commander";
import { workFor } from "../../lab/campaign/index.ts";
import { campaignName, QUEUE_OPTION, queueServer } from "../campaign.ts";
import { hearing } from "../interruptible.ts";
import { sayError } from "../say.ts";
import { WORKERS, wholeNumber } from "../whole-number.ts";

export function campaignCommand(): Command {
  return new Command("campaign")
    .description("Have a search's runs by workers on any machine, by way of a queue.")
    .addCommand(workCommand())
    .addHelpText(
      "after",
      `
\`baseboard explore ... --queue redis://HOST:PORT\` begins a campaign and says what it found. The queue's
server, Redis or Valkey, is started by whoever has the campaign.

Examples:
  redis-server --appendonly yes --bind 127.0.0.1
  baseboard campaign work --queue redis://127.0.0.1:6379
  baseboard explore --all --fault-everywhere --queue redis://127.0.0.1:6379`,
    );
}

function workCommand(): Command {
  return new Command("work")
    .description("Have runs of a campaign, and of the next one, until Ctrl-C.")
    .argument("[campaign]", "what the campaign is called")
    .requiredOption(...QUEUE_OPTION)
    .option("--workers <n>", "threads; as many as there are processors when left out")
    .addHelpText(
      "after",
      `
Exit status: 2 the command was wrong; 3 no server is there, or the campaign is of another baseboard;
130 it was interrupted.`,
    )
    .action(work);
}

interface WorkOptions {
  readonly queue: string;
  readonly workers?: string;
}

async function work(given: string | undefined, options: WorkOptions): Promise<void> {
  const campaign = campaignName(given);
  const workers = wholeNumber("--workers", options.workers, WORKERS) ?? availableParallelism();
  const server = await queueServer(options.queue);
  const controller = new AbortController();
  const heard = (status: number) => {
    process.exitCode = status;
    controller.abort();
  };
  await hearing(heard, async () => {
    sayError(`baseboard: works for ${campaign} on ${server.name}; Ctrl-C ends it`);
    await workFor(server, { campaign, workers, signal: controller.signal });
  });
}
