/** What one kind of capture has of its own. All texts are POSIX shell, and BusyBox is enough for them. */
export interface Witnessed {
  /** What it writes down, for the script's first lines. */
  readonly what: string;
  /** Said in the script where nobody has run it on the hardware that it is for. */
  readonly notRun: boolean;
  /** The kernel modules whose parameters tell how the interface is driven. */
  readonly modules: readonly string[];
  /** The folders below `events` that are switched on. */
  readonly events: readonly string[];
  /** Which lines of /proc/ioports, /proc/iomem and /proc/interrupts belong to the interface. */
  readonly resources: RegExp;
  /** The shell functions `look`, which says what is missing, and `arm`, which makes ready. */
  readonly functions: string;
}

/** The first line of a capture, and of the script that makes it. */
export const SIGNATURE = "baseboard capture 1";

/** The text of a capture script. */
export function framed(kind: string, witnessed: Witnessed): string {
  return [
    beginning(kind, witnessed),
    settings(kind, witnessed),
    SAYING,
    FINDING,
    witnessed.functions,
    HEAD,
    CLEANING,
    COUNTING,
    COURSE,
  ]
    .map((part) => `${part.trim()}\n`)
    .join("\n");
}

function beginning(kind: string, { what, notRun }: Witnessed): string {
  const untried = `
# Not run: nobody has tried this kind of capture on the hardware that it is for. It is written from the
# formats that the kernel's sources give.
#`;
  return `#!/bin/sh
# ${SIGNATURE} ${kind}
#
# Writes down ${what},
# by the kernel's own tracing. As root, on the machine that has the fault:
#
#     sh capture.sh [SECONDS [KILOBYTES]] > machine.txt     60 seconds when left out; 0: until Ctrl-C
#     sh capture.sh clean                                   takes away what a killed capture left
#
# IT WRITES DOWN THE IPMI TRAFFIC ITSELF: all that users and BMC tell each other in that time, passwords
# that are set among it, and what the kernel logs meanwhile. Keep the output as you would keep those.
#
# It loads, stops and restarts nothing. The kernel gets a tracing instance of its own, with a buffer of
# so many KILOBYTES for each processor (4096 when left out), and loses it again at the end: on Ctrl-C, on
# a hang-up and when it is told to end, too. What the buffer had no room for is counted in the output.
#${notRun ? untried : ""}
# Exit status: 0 the capture is whole; 2 the command was wrong; 3 the machine lacks what it takes.`;
}

function settings(kind: string, { modules, events, resources }: Witnessed): string {
  return `
set -u
LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL PATH
kind=${kind}
modules='${modules.join(" ")}'
events='${events.join(" ")}'
resources='${resources.source}'
# Of the tracing instance, and of the group of the probes.
name=baseboard
# Where /proc and /sys are.
root=\${BASEBOARD_ROOT:-}
tracefs=
mounted=
here=
reader=
stop=`;
}

const SAYING = `
say() {
  printf '# %s\\n' "$1"
}

tell() {
  echo "baseboard capture: $1" >&2
}

# What the machine lacks, and by which other way it may go.
missing() {
  tell "$1"
  exit 3
}

wrong() {
  tell "$1"
  exit 2
}

# put TEXT FILE: writes, and is silent about files that are not there or will not have it.
put() {
  { printf '%s\\n' "$1" > "$2"; } 2>/dev/null
}

# A file in one line, without what a line must not have.
text_of() {
  { tr '\\n\\t' '  ' < "$1"; } 2>/dev/null | sed 's/ *$//'
}`;

const FINDING = `
find_tracefs() {
  case $(text_of "$root/sys/kernel/security/lockdown") in
    *'[confidentiality]'*)
      missing "this kernel is locked down (confidentiality), so nobody may trace it; boot with lockdown=integrity, or give its log to \\\`baseboard diagnose\\\`" ;;
  esac
  for each in "$root/sys/kernel/tracing" "$root/sys/kernel/debug/tracing"; do
    [ -e "$each/trace_pipe" ] || continue
    tracefs=$each
    return
  done
  each=$root/sys/kernel/tracing
  if [ -d "$each" ] && mount -t tracefs tracefs "$each" 2>/dev/null; then mounted=$each; fi
  [ -e "$each/trace_pipe" ] ||
    missing "this kernel has no tracefs (CONFIG_TRACING); boot one that has, or give its log to \\\`baseboard diagnose\\\`"
  tracefs=$each
}

# An instance leaves the machine's own tracing alone. A kernel without them lends its only buffer, if
# nobody is at it.
open_instance() {
  if [ -d "$tracefs/instances" ]; then
    mkdir "$tracefs/instances/$name" 2>/dev/null ||
      missing "another capture runs here, or was killed; if none runs: sh capture.sh clean"
    here=$tracefs/instances/$name
    return
  fi
  case "$(text_of "$tracefs/current_tracer")$(text_of "$tracefs/set_event")" in
    nop | '') ;;
    *) missing "this kernel has no tracing instances, and somebody traces already; wait until they are done" ;;
  esac
  was_clock=$(text_of "$tracefs/trace_clock")
  was_clock=\${was_clock#*[}
  was_clock=\${was_clock%%]*}
  was_size=$(text_of "$tracefs/buffer_size_kb")
  was_size=\${was_size#*expanded: }
  was_size=\${was_size%%[!0-9]*}
  was_on=$(text_of "$tracefs/tracing_on")
  here=$tracefs
}`;

const HEAD = `
tell_machine() {
  say "baseboard capture 1 $kind"
  say "kernel: $(uname -r)"
  say "arch: $(uname -m)"
  for module in $modules; do
    for each in "$root/sys/module/$module/parameters"/*; do
      [ -r "$each" ] || continue
      value=$(text_of "$each")
      [ -n "$value" ] || continue
      say "parameter: $module.\${each##*/}=$value"
    done
  done
  for each in ioports iomem interrupts; do
    grep -E "$resources" "$root/proc/$each" 2>/dev/null |
      while read -r line; do say "$each: $line"; done
  done
  for each in "$root/sys/class/ipmi"/*; do
    [ -e "$each/device" ] || continue
    value=$(text_of "$each/device/params")
    [ -n "$value" ] || value=$(text_of "$each/device/type")
    say "interface: \${each##*/} $value"
  done
  for each in "$root/sys/firmware/dmi/entries"/38-*/raw; do
    [ -r "$each" ] || continue
    say "dmi-38:$(od -An -v -tx1 "$each" 2>/dev/null | tr -d '\\n')"
  done
}

tell_capture() {
  say "clock: $clock"
  say "seconds: $seconds"
  say "buffer: $kilobytes KB for each processor"
}`;

const CLEANING = `
events_are() {
  for each in $events; do put "$1" "$here/events/$each/enable"; done
}

# By the kernel's own list, so that it serves after a capture that was killed, too.
remove_probes() {
  [ -r "$tracefs/kprobe_events" ] || return 0
  for each in $(while read -r each rest; do echo "$each"; done < "$tracefs/kprobe_events"); do
    case $each in
      *":$name/"*) { echo "-:\${each#*:}" >> "$tracefs/kprobe_events"; } 2>/dev/null ;;
    esac
  done
}

pause() {
  sleep 0.2 2>/dev/null || sleep 1
}

clean_up() {
  trap '' INT TERM HUP QUIT
  trap - EXIT
  if [ -n "$here" ]; then
    put 0 "$here/tracing_on"
    events_are 0
    if [ -n "$reader" ]; then
      kill "$reader" 2>/dev/null
      wait "$reader" 2>/dev/null
    fi
    remove_probes
    if [ "$here" = "$tracefs" ]; then
      for each in $events; do
        for event in "$here/events/$each"/*/filter; do put 0 "$event"; done
      done
      put "$was_clock" "$here/trace_clock"
      put "$was_size" "$here/buffer_size_kb"
      put "$was_on" "$here/tracing_on"
    else
      # Whoever reads from it still lets go of it first.
      for each in 1 2 3 4 5; do
        rmdir "$here" 2>/dev/null && break
        pause
      done
      [ ! -d "$here" ] || tell "$here could not be taken away; later: sh capture.sh clean"
    fi
  fi
  [ -z "$mounted" ] || umount "$mounted" 2>/dev/null
}`;

const COUNTING = `
# sum_of LINE...: adds up what the buffers of all processors say of themselves.
sum_of() {
  sum=0
  for each in "$here/per_cpu"/cpu*/stats; do
    [ -r "$each" ] || continue
    while read -r line; do
      for key in "$@"; do
        case $line in "$key: "*) sum=$((sum + \${line##*: })) ;; esac
      done
    done < "$each"
  done
  echo "$sum"
}

# Reads whose end was missed, because too many were under way at once.
missed_probes() {
  sum=0
  if [ -r "$tracefs/kprobe_profile" ]; then
    while read -r probe hits misses; do
      case $probe in r_* | v_* | w_* | ask_* | told_* | got_* | took_* | gone_*) sum=$((sum + misses)) ;; esac
    done < "$tracefs/kprobe_profile"
  fi
  echo "$sum"
}

# Lets the reader read what is left. Kernels from 6.1 on then tell it that this was all.
drain() {
  after=0
  while kill -0 "$reader" 2>/dev/null && [ "$after" -lt 10 ]; do
    [ "$(sum_of entries)" -gt 0 ] || after=$((after + 1))
    pause
  done
}

last_of_log() {
  dmesg 2>/dev/null | tail -n 1
}

# All that the kernel logged since it said $last; everything when that is no longer there.
log_since() {
  dmesg 2>/dev/null | {
    seen=
    while IFS= read -r line; do
      [ -z "$seen" ] || printf '%s\\n' "$line"
      [ "$line" != "$last" ] || seen=1
    done
    [ -n "$seen" ]
  } || dmesg 2>/dev/null
}`;

const COURSE = `
[ "$(id -u)" = 0 ] || missing "only root may trace the kernel; run it as: sudo sh capture.sh"
if [ "\${1:-}" = clean ]; then
  find_tracefs
  here=$tracefs/instances/$name
  [ -d "$here" ] || { remove_probes; here=; }
  clean_up
  exit 0
fi
seconds=\${1:-60}
kilobytes=\${2:-4096}
case $seconds in '' | *[!0-9]*) wrong "SECONDS is a whole number, not '$seconds'" ;; esac
case $kilobytes in '' | *[!0-9]*) wrong "KILOBYTES is a whole number, not '$kilobytes'" ;; esac
trap clean_up EXIT
# Whoever reads may go away: that ends the capture, not this script.
trap '' PIPE
trap 'stop=1' INT TERM HUP QUIT
find_tracefs
look
open_instance
put 0 "$here/tracing_on"
clock=global
put "$clock" "$here/trace_clock" || clock=local
put "$kilobytes" "$here/buffer_size_kb"
put ' ' "$here/trace"
tell_machine
arm
tell_capture
say trace
last=$(last_of_log)
events_are 1
put 1 "$here/tracing_on"
put 'baseboard capture begins' "$here/trace_marker"
# What ends the capture does not end its reader, which has something left to read then.
(
  trap '' INT HUP QUIT
  exec cat "$here/trace_pipe" 2>/dev/null
) &
reader=$!
tell "it has begun; Ctrl-C ends it"
left=$seconds
while [ -z "$stop" ] && kill -0 "$reader" 2>/dev/null; do
  [ "$seconds" -eq 0 ] || [ "$left" -gt 0 ] || break
  sleep 1
  left=$((left - 1))
done
put 'baseboard capture ends' "$here/trace_marker"
# All at once: of events that are switched off one by one, some would go on without the others.
put 0 "$here/tracing_on"
events_are 0
drain
# What is still there now, nobody reads any more.
missed=$(missed_probes)
lost=$(($(sum_of overrun 'commit overrun' 'dropped events' entries) + missed))
say "lost: $lost"
say log
log_since
say end
clean_up
# A probe that an interrupt comes to while another is at work is passed over, whatever room there is.
[ "$missed" -eq 0 ] || tell "$missed events were passed over: capture again"
[ "$lost" -eq "$missed" ] || tell "$((lost - missed)) events were lost: give more KILOBYTES"
exit 0`;
