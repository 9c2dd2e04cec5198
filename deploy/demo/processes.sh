# shellcheck shell=bash
# Processes that outlive the command that started them, kept by files with "PID START-TIME" in them: a
# pid alone may by now be somebody else's. Sourced by demo.

# Field 22 of /proc/PID/stat (proc(5)), counted after the name in parentheses, which may contain blanks.
process_identity() {
  local stat fields
  stat=$(cat "/proc/$1/stat" 2> /dev/null) || return 1
  read -ra fields <<< "${stat##*) }"
  echo "$1 ${fields[19]}"
}

# is_alive IDENTITY
is_alive() { [[ -n $1 && $(process_identity "${1%% *}") == "$1" ]]; }

# start_process FILE LOG COMMAND...: in a session of its own, so that the terminal's Ctrl-C is the
# demo's to handle. `setsid` execs when it is not a group's leader, and a background job of a script
# never is: $! stays the command's.
start_process() {
  local file=$1 log=$2
  shift 2
  setsid "$@" >> "$log" 2>&1 < /dev/null &
  process_identity $! > "$file"
}

# stop_process FILE: SIGTERM, and SIGKILL when that has not helped within five seconds.
stop_process() {
  local identity tries
  [[ -s $1 ]] || return 0
  identity=$(< "$1")
  rm -f "$1"
  ! is_alive "$identity" || kill "${identity%% *}" 2> /dev/null || true
  for ((tries = 0; tries < 50; ++tries)); do
    is_alive "$identity" || return 0
    sleep 0.1
  done
  kill -KILL "${identity%% *}" 2> /dev/null || true
}
