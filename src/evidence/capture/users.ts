/**
 * The shell function `users`: what the driver's users ask for, and what they get. Requests come in by two
 * exported functions, whose arguments are a part of the kernel's own interface; answers go out by one, and by
 * the users' own receivers behind it. Both kinds of message are structures (`kernel_ipmi_msg`, `ipmi_addr`,
 * `ipmi_recv_msg`) that 64-bit kernels have had alike all the time, by the type information of 6.1, 6.12, 6.17,
 * 6.18, 7.2 and 7.3; nothing is known of later ones.
 *
 * The data are in the line as far as the message goes, in three sizes, so that next to nothing of what
 * lies behind a message in memory is written down.
 */
export const USERS = `
# sized NAME FUNCTION WHERE WHAT...: three probes, each for messages of a size. WHERE are the message's data.
sized() {
  sized_name=$1 sized_at=$2 sized_data=$3
  shift 3
  add ipmi_msghandler p "$sized_name"_8 "$sized_at" "$* data=+0($sized_data):x8[8]" &&
    add ipmi_msghandler p "$sized_name"_64 "$sized_at" "$* data=+0($sized_data):x8[64]" &&
    add ipmi_msghandler p "$sized_name"_272 "$sized_at" "$* data=+0($sized_data):x8[64] \\
data1=+64($sized_data):x8[64] data2=+128($sized_data):x8[64] data3=+192($sized_data):x8[64] data4=+256($sized_data):x8[16]" &&
    only "$sized_name"_8 'len <= 8' &&
    only "$sized_name"_64 'len > 8 && len <= 64' &&
    only "$sized_name"_272 'len > 64'
}

only() {
  put "$2" "$here/events/$name/$1/filter"
}

asked() {
  sized "ask_$1" "$1" '+8($arg4)' 'user=$arg1:x64 type=+0($arg2):s32 channel=+4($arg2):s16 to=+6($arg2):u8' \\
    'id=$arg3:x64 netfn=+0($arg4):u8 cmd=+1($arg4):u8 len=+2($arg4):u16' &&
    add ipmi_msghandler r64 "told_$1" "$1" 'val=$retval:s32'
}

got='type=+16($arg2):s32 user=+24($arg2):x64 id=+72($arg2):x64 netfn=+80($arg2):u8 cmd=+81($arg2):u8 len=+82($arg2):u16'

# What stands behind the handler may not be loaded; then nobody has it.
received() {
  add "$1" p "took_$2" "$2" 'msg=$arg1:x64 type=+16($arg1):s32 user=+24($arg1):x64 id=+72($arg1):x64 netfn=+80($arg1):u8 cmd=+81($arg1):u8 len=+82($arg1):u16 data=+0(+88($arg1)):x8[1]' || :
}

users() {
  case $(uname -m)-$(uname -r) in
    x86_64-[56].* | x86_64-7.[0-3] | x86_64-7.[0-3][!0-9]* | aarch64-[56].* | aarch64-7.[0-3] | aarch64-7.[0-3][!0-9]*) ;;
    *)
      say "note: what users ask is not in it: how this kernel keeps their messages is not known"
      return 0 ;;
  esac
  if asked ipmi_request_settime && asked ipmi_request_supply_msgs &&
    sized got_deliver_response deliver_response '+88($arg2)' 'msg=$arg2:x64' "$got" &&
    add ipmi_msghandler p gone_ipmi_destroy_user ipmi_destroy_user 'user=$arg1:x64'; then
    received ipmi_devintf file_receive_handler
    received ipmi_watchdog ipmi_wdog_msg_handler
    received acpi_ipmi ipmi_msg_handler
    say "users: told"
    return 0
  fi
  for each in $(while read -r each rest; do echo "\${each#*/}"; done < "$tracefs/kprobe_events"); do
    case $each in ask_* | told_* | got_* | gone_*) take_away "$each" ;; esac
  done
  say "note: what users ask is not in it: this kernel's message handler cannot be probed for it"
}`;
