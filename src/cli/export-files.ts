import type { Exporter, ExportFormat, MaskOptions } from "../export/index.ts";
import type { TraceHead } from "../trace/head.ts";
import type { TraceSink } from "../trace/tracer.ts";
import type { Written } from "./judged.ts";
import { numbered } from "./judged-traces.ts";
import { WholeFile } from "./whole-file.ts";

/** Pieces are gathered up to this size before they are written. */
const CHUNK = 1 << 16;

/** Where traces are written in another program's format, a file for each interface. */
export class ExportFiles implements Written {
  readonly #path: string;
  readonly #format: ExportFormat;
  readonly #options: MaskOptions;
  readonly #files: Exported[] = [];

  constructor(path: string, format: ExportFormat, options: MaskOptions) {
    this.#path = path;
    this.#format = format;
    this.#options = options;
  }

  /** What they are called. */
  get paths(): readonly string[] {
    return this.#files.map(({ path }) => path);
  }

  begin(head: TraceHead): TraceSink {
    const path = numbered(this.#path, this.#files.length);
    const file = new Exported(path, (put) => this.#format.begin(head, put, this.#options));
    this.#files.push(file);
    return file;
  }

  finish(): void {
    for (const file of this.#files) file.finish();
  }

  /** Leaves nothing behind, unless they were finished. */
  discard(): void {
    for (const file of this.#files) file.discard();
  }
}

class Exported implements TraceSink {
  readonly path: string;
  readonly #file: WholeFile;
  readonly #exporter: Exporter;
  #pieces: Uint8Array[] = [];
  #length = 0;

  constructor(path: string, begin: (put: (piece: Uint8Array) => void) => Exporter) {
    this.path = path;
    this.#file = new WholeFile("-o", path);
    this.#exporter = begin((piece) => this.#put(piece));
  }

  event(event: Parameters<TraceSink["event"]>[0]): void {
    this.#exporter.event(event);
  }

  finish(): void {
    this.#exporter.end();
    this.#flush();
    this.#file.finish();
  }

  discard(): void {
    this.#file.discard();
  }

  #put(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length >= CHUNK) this.#flush();
  }

  #flush(): void {
    this.#file.write(Buffer.concat(this.#pieces));
    this.#pieces = [];
    this.#length = 0;
  }
}
