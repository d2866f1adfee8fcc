import { join } from "node:path";
import { Ladders } from "../explain/index.ts";
import type { Matrix, Scenario } from "../lab/index.ts";
import type { TraceHead } from "../trace/head.ts";
import type { TraceSink } from "../trace/tracer.ts";
import { OutFolder } from "./out-folder.ts";
import { cellsOf } from "./report/cell.ts";
import { explanationText } from "./report/explanation.ts";
import { matchReport } from "./report/match.ts";
import { WholeFile } from "./whole-file.ts";

/** A folder with a file for each match in which something was found: the verdict, and what shows it. */
export class ExplainedMatches {
  readonly #folder: OutFolder;
  readonly #ladders = new Map<string, Ladders>();

  constructor(path: string) {
    this.#folder = new OutFolder("--explain", path);
  }

  /** Sinks for that match's trace. */
  sinks(scenario: Scenario, host: string): (head: TraceHead) => readonly TraceSink[] {
    return (head) => {
      const ladders = new Ladders(head);
      this.#ladders.set(nameOf(scenario, host), ladders);
      return [ladders];
    };
  }

  write(matrix: Matrix): void {
    for (const { host, cells } of cellsOf(matrix)) {
      for (const { scenario, cell } of cells) {
        const name = nameOf(scenario, host);
        const ladders = this.#ladders.get(name);
        if (cell.state !== "played" || ladders === undefined) continue;
        const { result } = cell;
        const shown = explanationText(result.verdict, ladders, result.usual);
        if (shown === "") continue;
        const file = new WholeFile("--explain", join(this.#folder.path, `${name}.txt`));
        file.write(`${matchReport(scenario, result)}\n${shown}\n`);
        file.finish();
      }
    }
  }

  /** Leaves no empty folder behind that was made here. */
  close(): void {
    this.#folder.close();
  }
}

/** What a match's file is called, without its ending. */
function nameOf({ name }: Scenario, host: string): string {
  return `${name}-${host.replace(/[^\w.]+/g, "-")}`;
}
