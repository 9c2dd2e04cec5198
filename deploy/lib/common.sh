# shellcheck shell=bash
# What every script of ours starts with: where the checkout is, how to speak, how to fail, and how to
# show that a long step is alive. Sourced, never run.

# shellcheck disable=SC2034  # for those who source this
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# Kernels, logs and everything else that may be thrown away at any time.
# shellcheck disable=SC2034
cache_dir=$repo/build/vm

# Debian has depmod, modprobe and pppd where its users, other than root, do not look.
PATH=$PATH:/usr/sbin:/sbin

say() { printf '%s\n' "$*"; }

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# The comment at the top of a script is its help: one text, in one place.
show_help() { sed -n '2,/^[^#]/{/^#/!q; s/^# \{0,1\}//p}' "$1"; }

have() { command -v "$1" > /dev/null 2>&1; }

# in_range NUMBER LOW HIGH
in_range() { [[ $1 =~ ^[0-9]{1,9}$ ]] && ((10#$1 >= $2 && 10#$1 <= $3)); }

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif have sudo; then
    sudo -- "$@"
  else
    die "this needs root and there is no sudo: $*"
  fi
}

# Under sudo the build still belongs to whoever owns the checkout: root's files in it would be in the way
# of every later build. (Unless they are there already.)
as_owner() {
  local path=$repo
  [[ ! -e $repo/build ]] || path=$repo/build
  if ((EUID == 0)) && (($(stat -c %u "$path") != 0)); then
    setpriv --reuid "$(stat -c %u "$path")" --regid "$(stat -c %g "$path")" --clear-groups \
      env HOME=/nonexistent "$@"
  else
    "$@"
  fi
}

# log_file NAME: prints its path and sees to it that it is the owner's. Below build/, or, where that
# cannot be written, in a directory in /tmp, one for each script that runs.
log_file() {
  local directory=$repo/build/logs
  if ! as_owner mkdir -p "$directory" 2> /dev/null || [[ ! -w $directory ]]; then
    directory=/tmp/pppol2tp-logs.$$
    # Whoever may write to /tmp may have made it, or a link of that name.
    mkdir -m 700 "$directory" 2> /dev/null || [[ -O $directory && ! -L $directory ]] ||
      die "no place for a log: $repo/build cannot be written, and $directory is somebody else's"
  fi
  as_owner touch "$directory/$1.log"
  echo "$directory/$1.log"
}

# Shows on one line how long a step has taken and the newest line of its log: redrawn every second on a
# terminal, a line of its own every 15 seconds elsewhere (a CI log). Ends with its parent.
progress_ticker() {
  local label=$1 log=$2 start=$SECONDS seconds newest
  while sleep 1 && kill -0 $$ 2> /dev/null; do
    seconds=$((SECONDS - start))
    newest=$(tail -n 1 "$log" 2> /dev/null | tr '\r' '\n' | tail -n 1 | cut -c1-70) || newest=
    if [[ -t 1 ]]; then
      printf '\r\033[K%s: %d s  %s' "$label" "$seconds" "$newest"
    elif ((seconds % 15 == 0)); then
      say "$label: $seconds s  $newest"
    fi
  done
}

# with_progress LABEL LOG COMMAND...: runs COMMAND in the foreground (so that Ctrl-C reaches it first)
# with its output in LOG; the log's end is shown only when the command fails.
with_progress() {
  local label=$1 log=$2 start=$SECONDS status=0 ticker
  shift 2
  progress_ticker "$label" "$log" &
  ticker=$!
  "$@" > "$log" 2>&1 < /dev/null || status=$?
  kill "$ticker" 2> /dev/null || true
  wait "$ticker" 2> /dev/null || true
  [[ ! -t 1 ]] || printf '\r\033[K'
  if ((status != 0)); then
    tail -n 25 "$log" >&2
    die "$label failed (exit status $status); the whole log is $log"
  fi
  say "$label: done in $((SECONDS - start)) s"
}
