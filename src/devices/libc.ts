import { createRequire } from "node:module";
import { constants } from "node:os";
import { DeviceError } from "./errors.ts";

/** What of the C library a device needs and Node does not have. Buffers are read and written in place. */
export interface Libc {
  /** Gives what the system call gives, or the error's name, such as `EINVAL`. */
  ioctl(fd: number, call: number, argument: Buffer | bigint): number | string;
  /** Waits in a thread of its own until the descriptor has something, for `ms` at most. */
  readable(fd: number, ms: number): Promise<boolean>;
  /** Where a buffer's bytes are, for a pointer in another one. It must be kept as long as that. */
  addressOf(buffer: Buffer): bigint;
  /** Memory of the device at `offset`, shared with it, until the process ends; or the error's name. */
  map(fd: number, offset: number, bytes: number): ArrayBuffer | string;
}

/** Of koffi's functions those that are used here. */
interface Koffi {
  load(path: string): Library;
  errno(): number;
  address(buffer: Buffer): bigint;
  view(pointer: bigint, bytes: number): ArrayBuffer;
}

interface Library {
  func(definition: string): NativeFunction;
}

interface NativeFunction {
  (...values: readonly unknown[]): unknown;
  async(...values: readonly unknown[]): void;
}

const PACKAGE = "koffi";
/** Their C is laid out alike, and their system calls are numbered alike. */
const ARCHITECTURES: readonly string[] = ["x64", "arm64", "riscv64", "loong64"];
/** With glibc, and with musl. */
const LIBRARIES: readonly string[] = ["libc.so.6", `libc.musl-${muslName()}.so.1`];

const POLL = { bytes: 8, events: 4, in: 1 } as const;
const PROTECTION_READ_WRITE = 3;
const MAP_SHARED = 1;
const MAP_FAILED = -1n;

/** The C library of this process. Throws `DeviceError` where there is none that can be called. */
export function loadLibc(): Libc {
  const { platform, arch } = process;
  if (platform !== "linux" || !ARCHITECTURES.includes(arch)) {
    const text = `a kernel's IPMI devices are reached on 64-bit Linux, not on ${platform} ${arch}`;
    throw new DeviceError("NOT_ON_THIS_PLATFORM", text);
  }
  const koffi = loadKoffi();
  const library = anyOf(koffi, LIBRARIES);
  const ioctl = library.func("int ioctl(int fd, ulong request, uint64_t argument)");
  const poll = library.func("int poll(void *descriptors, ulong count, int milliseconds)");
  const mmap = library.func(
    "int64_t mmap(uint64_t at, size_t length, int protection, int flags, int fd, int64_t offset)",
  );
  return {
    addressOf: (buffer) => koffi.address(buffer),
    ioctl: (fd, call, argument) => {
      const value = typeof argument === "bigint" ? argument : koffi.address(argument);
      const result = Number(ioctl(fd, call, value));
      return result < 0 ? errorName(koffi.errno()) : result;
    },
    readable: (fd, ms) => {
      const descriptor = buffer(POLL.bytes);
      descriptor.writeInt32LE(fd);
      descriptor.writeInt16LE(POLL.in, POLL.events);
      return new Promise((resolve, reject) => {
        poll.async(descriptor, 1, ms, (error: unknown, ready: unknown) => {
          if (error === null || error === undefined) resolve(Number(ready) > 0);
          else reject(error);
        });
      });
    },
    map: (fd, offset, bytes) => {
      const at = BigInt(String(mmap(0n, bytes, PROTECTION_READ_WRITE, MAP_SHARED, fd, offset)));
      return at === MAP_FAILED ? errorName(koffi.errno()) : koffi.view(at, bytes);
    },
  };
}

/** Memory that stays where it is, so that a pointer may lead to it. */
export function buffer(bytes: number): Buffer {
  return Buffer.from(new ArrayBuffer(bytes));
}

function loadKoffi(): Koffi {
  try {
    return createRequire(import.meta.url)(PACKAGE);
  } catch {
    throw new DeviceError(
      "NOT_ON_THIS_PLATFORM",
      `the package ${PACKAGE}, by which the kernel's devices are called, is not installed or not for this platform`,
      `npm install ${PACKAGE}`,
    );
  }
}

function anyOf(koffi: Koffi, names: readonly string[]): Library {
  for (const name of names) {
    try {
      return koffi.load(name);
    } catch {
      // The next one may be it.
    }
  }
  throw new DeviceError("NOT_ON_THIS_PLATFORM", `no C library is found: ${names.join(", ")}`);
}

function muslName(): string {
  const names: Readonly<Record<string, string>> = { x64: "x86_64", arm64: "aarch64" };
  return names[process.arch] ?? process.arch;
}

function errorName(errno: number): string {
  const found = Object.entries(constants.errno).find(([, value]) => value === errno);
  return found?.[0] ?? `errno ${errno}`;
}
