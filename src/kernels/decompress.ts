import { gunzipSync } from "node:zlib";
import { SeatError } from "../programs/errors.ts";
import { runTool } from "../programs/tool.ts";

/** Beginnings of compressed data, and the program that undoes what Node cannot. */
const FORMATS = [
  { magic: "fd377a585a00", tool: "xz", args: ["--decompress", "--stdout", "--single-stream"] },
  { magic: "28b52ffd", tool: "zstd", args: ["--decompress", "--stdout", "--quiet"] },
] as const;
const GZIP_MAGIC = "1f8b";
const ELF_MAGIC = "7f454c46";

/** The contents of `bytes`, however they are compressed; an ELF file is its own contents. */
export async function decompressed(bytes: Buffer, name: string): Promise<Buffer> {
  const start = bytes.toString("hex", 0, 6);
  if (start.startsWith(ELF_MAGIC)) return bytes;
  if (start.startsWith(GZIP_MAGIC)) return gunzipSync(bytes);
  for (const { magic, tool, args } of FORMATS) {
    if (!start.startsWith(magic)) continue;
    const remedy = `install ${tool}: ${name} is compressed with it`;
    const { code, stdout, stderr } = await runTool(tool, args, { input: bytes, remedy });
    if (code === 0) return stdout;
    throw new SeatError("KERNEL_UNREADABLE", `${name}: ${stderr.trim()}`);
  }
  throw new SeatError("KERNEL_UNREADABLE", `${name} is compressed in an unknown way (${start})`);
}
