# shellcheck shell=bash disable=SC2154
# Clean Debian trees of any release, for building and testing packages. Sourced after common.sh and
# packages.sh; needs root. They are kept in build/trees and made anew when what belongs in them changes.

trees=$repo/build/trees
# In a guest's tree: the kernels it boots, and what was built in it.
# shellcheck disable=SC2034  # for those who source this
tree_kernels=var/lib/pppol2tp/kernel
# shellcheck disable=SC2034
tree_build=var/lib/pppol2tp/build

# The mirror that this machine's apt uses; nothing: debootstrap knows Debian's own.
debian_mirror() {
  # shellcheck disable=SC2016  # a variable of apt's
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2> /dev/null | grep -m 1 '/debian/$' || true
}

# base_tree SUITE: makes build/trees/SUITE-base, the least that apt works in.
base_tree() {
  local suite=$1 tree=$trees/$1-base
  [[ ! -d $tree ]] || return 0
  mkdir -p "$trees"
  rm -rf "$tree.new"
  # shellcheck disable=SC2046  # no mirror is no argument
  with_progress "clean tree of $suite" "$(log_file "debootstrap-$suite")" \
    debootstrap --variant=minbase "$suite" "$tree.new" $(debian_mirror)
  mv "$tree.new" "$tree"
}

# tree_with SUITE NAME PACKAGE...: makes build/trees/SUITE-NAME, the base with these packages in it.
tree_with() {
  local suite=$1 name=$2 tree=$trees/$1-$2
  shift 2
  base_tree "$suite"
  [[ "$(cat "$tree.packages" 2> /dev/null)" != "$*" ]] || return 0
  rm -rf "$tree" "$tree.packages"
  cp -a "$trees/$suite-base" "$tree"
  # shellcheck disable=SC2016  # expanded in the tree
  with_progress "packages in $suite's tree ($name)" "$(log_file "tree-$suite-$name")" \
    "$repo/deploy/lib/in-tree" --keep "$tree" -- \
    sh -c 'apt-get -q update && apt-get -q -y -o Dpkg::Use-Pty=0 install --no-install-recommends "$@"' sh "$@"
  echo "$*" > "$tree.packages"
}
