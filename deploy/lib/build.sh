# shellcheck shell=bash disable=SC2154
# How we configure and build. Sourced after common.sh.

# build_tree PRESET DIRECTORY [CMAKE-OPTION...]
build_tree() {
  local preset=$1 directory=$2
  shift 2
  [[ ! -e $repo/build || -w $repo/build ]] ||
    die "$repo/build belongs to $(stat -c %U "$repo/build"), who has built here before: run this as that user, or remove it"
  with_progress "configure (preset $preset)" "$(log_file configure)" \
    as_owner cmake -S "$repo" --preset "$preset" -B "$directory" "$@"
  with_progress "build (${directory#"$repo"/})" "$(log_file build)" as_owner cmake --build "$directory"
}
