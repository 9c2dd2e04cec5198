# shellcheck shell=bash disable=SC2154
# How we configure and build, and what else is made below build/. Sourced after common.sh.

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

# log_file NAME: prints its path and sees to it that it is the owner's.
log_file() {
  as_owner mkdir -p "$repo/build/logs"
  as_owner touch "$repo/build/logs/$1.log"
  echo "$repo/build/logs/$1.log"
}

# build_tree PRESET DIRECTORY [CMAKE-OPTION...]
build_tree() {
  local preset=$1 directory=$2
  shift 2
  with_progress "configure (preset $preset)" "$(log_file configure)" \
    as_owner cmake -S "$repo" --preset "$preset" -B "$directory" "$@"
  with_progress "build (${directory#"$repo"/})" "$(log_file build)" as_owner cmake --build "$directory"
}
