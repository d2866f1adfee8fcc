/** Reads and judges so many lines of evidence, and prints what of it is still in memory, in MiB. */
import { asTracefs } from "../tools/evidence/writers.ts";
import { read, recorded, textOf } from "./evidence.ts";
import { trafficOn } from "./judge.ts";

const TEXT_LINES = 50_000;

const text = textOf(asTracefs(recorded(trafficOn("kcs"))), TEXT_LINES);
const lines = text.split("\n").length - 1;
read(text, Math.ceil(Number(process.argv[2]) / lines), true);
globalThis.gc?.();
console.log(Math.round(process.memoryUsage().heapUsed / (1 << 20)));
