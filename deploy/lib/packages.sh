# shellcheck shell=bash disable=SC2154
# The Debian packages that we need, by purpose, and how they get installed. Sourced after common.sh.
# The names are the same in Debian 12 and 13. Everything is named, down to what a normal system always
# has: trees made by debootstrap and containers have next to nothing.

packages_for() {
  case $1 in
    build)
      echo cmake g++ ninja-build pkgconf ppp-dev \
        libcivetweb-dev zlib1g-dev libisal-dev \
        libnl-3-dev libnl-genl-3-dev libnl-route-3-dev \
        libyaml-cpp-dev libcli11-dev libspdlog-dev libncurses-dev nlohmann-json3-dev \
        libssl-dev libcrypt-dev
      ;;
    run) echo ppp xl2tpd iproute2 iputils-ping kmod procps python3 util-linux ;;
    # Clean trees of Debian releases, to build and test packages in.
    package) echo debootstrap ;;
    # Beyond what builds and runs, for the guest's tests in a tree of its own: promtool, and what they measure with.
    guest) echo prometheus tcpdump ;;
    vm) echo qemu-system-x86 busybox-static cpio kmod xz-utils ;;
    # prometheus is here for promtool as well, prometheus-alertmanager for amtool, systemd for what it
    # says about the agent's unit.
    test)
      echo libgtest-dev libgmock-dev spin shellcheck clang-format python3 python3-yaml mandoc systemd tmux tcpdump \
        prometheus prometheus-alertmanager victoria-metrics docker-compose curl openssl chromium \
        python3-prometheus-client
      # For the fuzz targets: the compiler, and its library that drives them.
      echo clang libclang-rt-dev
      # For the ring on arm64; googletest is GoogleTest's source.
      echo g++-aarch64-linux-gnu qemu-user googletest
      # For Grafana's own code, from npm. Node from elsewhere brings its npm along and refuses Debian's.
      type -P npm > /dev/null || echo nodejs npm
      ;;
    # What the ring and the exposition are measured against, and who scrapes the latter.
    bench)
      echo libboost-dev liblttng-ust-dev lttng-tools \
        prometheus-cpp-dev prometheus-node-exporter prometheus victoria-metrics python3
      ;;
    *) die "no packages are listed for '$1'" ;;
  esac
}

# missing_packages PURPOSE...: those of the purposes' packages that are not installed, one on each line.
missing_packages() {
  local purpose wanted=() package
  for purpose in "$@"; do
    read -rd "" -a words <<< "$(packages_for "$purpose")" || true
    wanted+=("${words[@]}")
  done
  local installed
  installed=" $(dpkg-query -W -f '${db:Status-Status}:${Package} ' "${wanted[@]}" 2> /dev/null || true)"
  printf '%s\n' "${wanted[@]}" | sort -u | while read -r package; do
    [[ $installed == *" installed:$package "* ]] || echo "$package"
  done
}

# need_packages PURPOSE...: asks nothing of the network and of root when all of them are there.
need_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  if ((${#missing[@]} == 0)); then
    say "packages ($*): all there"
    return
  fi
  say "packages ($*): installing ${missing[*]}"
  # Asked for here, in the foreground, because the step itself runs with its input and output redirected.
  ((EUID == 0)) || as_root true
  with_progress "packages ($*)" "$(log_file packages)" \
    as_root "$repo/deploy/lib/install-packages" "${missing[@]}"
}
