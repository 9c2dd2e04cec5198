# shellcheck shell=bash
# Which files are ours, also where there is no git: all but what is built or fetched. Sourced by the lints.

our_files() { find . \( -path ./.git -o -path ./build -o -path ./.cache -o -name __pycache__ \) -prune -o -type f -print0; }

# files_with_interpreter WORD: by the first line, since our commands have no suffix.
files_with_interpreter() {
  local file first
  while IFS= read -r -d '' file; do
    IFS= read -r first < "$file" || true
    [[ $first != '#!'*"$1"* ]] || printf '%s\0' "$file"
  done < <(our_files) 2> /dev/null
}
