import { errorText, SeatError } from "../../programs/errors.ts";
import type { Finding } from "../linux/index.ts";
import { checkedVersion, findPrograms, remedyFor } from "./files.ts";
import { PROGRAM_SETS, type ProgramSet } from "./programs.ts";

/** What this machine has of programs that play the host. */
export async function examinePrograms(): Promise<readonly Finding[]> {
  return Promise.all(Object.values(PROGRAM_SETS).map(examine));
}

async function examine(set: ProgramSet): Promise<Finding> {
  const what = `--host ${set.seat}`;
  const folder = findPrograms(set);
  if (folder === undefined) {
    return { what, state: "weak", text: `no ${set.title} here`, remedy: remedyFor(set) };
  }
  try {
    const version = await checkedVersion(set, folder);
    return { what, state: "good", text: `${set.title} ${version}`, remedy: "" };
  } catch (error) {
    if (!(error instanceof SeatError)) throw error;
    return { what, state: "weak", text: errorText(error), remedy: error.remedy };
  }
}
