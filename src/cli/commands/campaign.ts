import { availableParallelism } from "node:os";
import { Command } from "commander";
import { type QueueServer, statusOf, workFor } from "../../lab/campaign/index.ts";
import { campaignName, QUEUE_OPTION, queueServer } from "../campaign.ts";
import { plainText } from "../ending.ts";
import { hearing, untilInterrupted } from "../interruptible.ts";
import { JSON_OPTION, type JsonOutput, withJson } from "../json-output.ts";
import { serveStatus } from "../page/status-page.ts";
import { campaignReport } from "../report/campaign.ts";
import { sayError } from "../say.ts";
import { WORKERS, wholeNumber } from "../whole-number.ts";

export function campaignCommand(): Command {
  return new Command("campaign")
    .description("Have a search's runs by workers on any machine, by way of a queue.")
    .addCommand(workCommand())
    .addCommand(statusCommand())
    .addHelpText(
      "after",
      `
\`baseboard explore ... --queue redis://HOST:PORT\` begins a campaign and says what it found. The queue's
server, Redis or Valkey, is started by whoever has the campaign.

Examples:
  redis-server --appendonly yes --bind 127.0.0.1
  baseboard campaign work --queue redis://127.0.0.1:6379
  baseboard explore --all --fault-everywhere --queue redis://127.0.0.1:6379
  baseboard campaign status --queue redis://127.0.0.1:6379 --page 8080`,
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

function statusCommand(): Command {
  return new Command("status")
    .description("Say how a campaign is getting on.")
    .argument("[campaign]", "what the campaign is called")
    .requiredOption(...QUEUE_OPTION)
    .option("--page <port>", "a page on loopback that looks again by itself, until Ctrl-C")
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      `
Exit status: 0 it is said; 2 the command was wrong; 3 no server is there, or no such campaign.`,
    )
    .action(status);
}

interface StatusOptions {
  readonly queue: string;
  readonly page?: string;
  readonly json?: string;
}

async function status(given: string | undefined, options: StatusOptions): Promise<void> {
  const campaign = campaignName(given);
  const port = wholeNumber("--page", options.page, { least: 0, most: 65_535 });
  const server = await queueServer(options.queue);
  try {
    if (port !== undefined) return await showPage(server, campaign, port);
    await withJson(options.json, async (json) => tellStatus(server, campaign, json));
  } finally {
    server.leave();
  }
}

async function tellStatus(server: QueueServer, campaign: string, json: JsonOutput): Promise<void> {
  const facts = await statusOf(server, campaign);
  json.put(
    () => facts,
    () => campaignReport(facts, Date.now()),
  );
}

/** A campaign may begin, end, and begin anew under the eyes of who looks. */
async function showPage(server: QueueServer, campaign: string, port: number): Promise<void> {
  const text = async () => {
    if (server.redis.status !== "ready") return "the queue's server is away; waiting";
    try {
      return campaignReport(await statusOf(server, campaign), Date.now());
    } catch (error) {
      return error instanceof Error ? plainText(error) : String(error);
    }
  };
  const page = await serveStatus(port, campaign, text);
  sayError(`the page: ${page.address}, until Ctrl-C`);
  await untilInterrupted();
  page.close();
}
