import { gunzipSync } from "node:zlib";
import { errorText, SeatError } from "../programs/errors.ts";
import { runTool } from "../programs/tool.ts";

/** Beginnings of compressed data, and the program that undoes what Node cannot. */
const FORMATS = [
  { magic: "fd377a585a00", tool: "xz", args: ["--decompress", "--stdout", "--single-stream"] },
  { magic: "28b52ffd", tool: "zstd", args: ["--decompress", "--stdout", "--quiet"] },
] as const;
const GZIP_MAGIC = "1f8b";
/** Far beyond any kernel; a file that grows further is damaged, or meant ill. */
const GUNZIPPED_BYTES_MAX = 1 << 30;
const ELF_MAGIC = "7f454c46";

/** The contents of `bytes`, however they are compressed; an ELF file is its own contents. */
export async function decompressed(bytes: Buffer, name: string): Promise<Buffer> {
  const start = bytes.toString("hex", 0, 6);
  if (start.startsWith(ELF_MAGIC)) return bytes;
  if (start.startsWith(GZIP_MAGIC)) return gunzipped(bytes, name);
  for (const { magic, tool, args } of FORMATS) {
    if (!start.startsWith(magic)) continue;
    const remedy = `install ${tool}: ${name} is compressed with it`;
    const { code, stdout, stderr } = await runTool(tool, args, { input: bytes, remedy });
    if (code === 0) return stdout;
    throw new SeatError("KERNEL_UNREADABLE", `${name}: ${stderr.trim()}`);
  }
  throw new SeatError("KERNEL_UNREADABLE", `${name} is compressed in an unknown way (${start})`);
}

/** What gzip made smaller. Whatever else follows it is passed over, as the tools do. */
export function gunzipped(bytes: Buffer, name: string): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: GUNZIPPED_BYTES_MAX });
  } catch (error) {
    // All that can go wrong here lies in the bytes.
    throw new SeatError("KERNEL_UNREADABLE", `${name} is damaged: ${errorText(error)}`);
  }
}
