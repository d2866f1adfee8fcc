import { join } from "node:path";
import { Ladders } from "../explain/index.ts";
import type { Matrix, Scenario } from "../lab/index.ts";
import type { TraceHead } from "../trace/head.ts";
import type { TraceSink } from "../trace/tracer.ts";
import type { OutFolder } from "./out-folder.ts";
import { cellsOf, type Reported } from "./report/cell.ts";
import { explanationText } from "./report/explanation.ts";
import { matchReport } from "./report/match.ts";
import { WholeFile } from "./whole-file.ts";

/** What happened round each finding of many matches. */
export class ExplainedMatches {
  readonly #ladders = new Map<string, Ladders>();

  /** Sinks for that match's trace. */
  sinks(scenario: Scenario, host: string): (head: TraceHead) => readonly TraceSink[] {
    return (head) => {
      const ladders = new Ladders(head);
      this.#ladders.set(nameOf(scenario, host), ladders);
      return [ladders];
    };
  }

  /** That match's, once it has begun. */
  of(scenario: Scenario, host: string): Ladders | undefined {
    return this.#ladders.get(nameOf(scenario, host));
  }

  /** A match's verdict, and what shows it. */
  readonly reported: Reported = (match) => {
    const report = matchReport(match.scenario, match.result);
    const shown = this.#shown(match);
    return shown === "" ? report : `${report}\n${shown}\n`;
  };

  /** Writes a file for each match in which something was found. */
  write(matrix: Matrix, folder: OutFolder): void {
    for (const { host, cells } of cellsOf(matrix)) {
      for (const { scenario, cell } of cells) {
        if (cell.state !== "played") continue;
        const match = { scenario, host, result: cell.result };
        if (this.#shown(match) === "") continue;
        const path = join(folder.path, `${nameOf(scenario, host)}.txt`);
        const file = new WholeFile(folder.option, path);
        file.write(this.reported(match));
        file.finish();
      }
    }
  }

  #shown({ scenario, host, result }: Parameters<Reported>[0]): string {
    const ladders = this.of(scenario, host);
    return ladders === undefined ? "" : explanationText(result.verdict, ladders, result.usual);
  }
}

/** What a match's file is called, without its ending. */
function nameOf({ name }: Scenario, host: string): string {
  return `${name}-${host.replace(/[^\w.]+/g, "-")}`;
}
