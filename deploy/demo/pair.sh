# shellcheck shell=bash disable=SC2154
# The two ends of the tunnels: network namespaces, xl2tpd's and pppd's files, the daemons. Sourced by demo.
#
# One xl2tpd is the LNS. On the other side each session has an xl2tpd and an address of its own, as an
# LNS sees it in life. One LAC with many sections would be simpler, but all its tunnels would share both
# addresses and both ports, and before Linux 6.11 the kernel then hands the data of all of them to the
# first tunnel's socket, which knows none of the others' sessions.

# Addresses exist only inside the namespaces; they cannot collide with the host's.
lns_address=10.99.0.1
lac_address() { echo "10.99.$((1 + $1 / 250)).$((1 + $1 % 250))"; }

# /dev/ppp and the protocol's own file are there only when pppd and xl2tpd will find what they need.
kernel_has_l2tp() {
  modprobe -q -a l2tp_ppp veth 2> /dev/null || true
  [[ -c /dev/ppp && -e /proc/net/pppol2tp ]] && unshare --net --mount true 2> /dev/null
}

installed_pppd_version() { pppd --version 2>&1 | sed -n 's/.*version \([0-9.]*\).*/\1/p'; }

# plugin_of BUILD: pppd takes only plugins that were built for exactly its version.
plugin_of() {
  local version plugin
  version=$(installed_pppd_version)
  plugin=$1/plugin/$version/pppol2tp.so
  [[ -n $version ]] || die "pppd is not installed"
  [[ -e /usr/lib/pppd/$version/pppol2tp.so ]] || die "/usr/lib/pppd/$version has no pppol2tp.so to put ours over"
  [[ -e $plugin ]] || die "no plugin for the installed pppd $version: $plugin does not exist"
  echo "$plugin"
}

make_namespaces() {
  local side i
  for side in lns lac; do
    ip netns add "$side"
    mkdir -p "$state/$side"
    : > "$state/$side/made"
    ip -n "$side" link set lo up
  done
  # Made inside the namespaces from the start: a name that the host uses does not matter.
  ip link add veth0 netns lns type veth peer name veth0 netns lac
  ip -n lns addr add "$lns_address/16" dev veth0
  for ((i = 1; i <= sessions; ++i)); do echo "addr add $(lac_address $i)/16 dev veth0"; done | ip -n lac -batch -
  for side in lns lac; do ip -n "$side" link set veth0 up; done
}

# What becomes /etc/ppp and /run of that side, and its daemons' configuration.
write_side() {
  local side=$1 directory=$state/$1
  mkdir -p "$directory"/{etc-ppp,run/pppol2tp-demo,log}
  [[ $with_ring == no ]] || mkdir -p "$directory/run/pppol2tp"
  : > "$directory/etc-ppp/options"
  (umask 077 && echo '* * "demo" *' > "$directory/etc-ppp/chap-secrets")
  "write_$side"
}

# write_ppp_options LOG [OPTION...]: stdout is the file. Later lines win in pppd, so the caller's come last.
write_ppp_options() {
  local log=$1
  shift
  printf '%s\n' noccp nodefaultroute 'lcp-echo-interval 5' 'lcp-echo-failure 3' 'mtu 1400' 'mru 1400' \
    "logfile $log" "$@" "${ppp_options[@]}"
}

write_lns() {
  local directory=$state/lns
  write_ppp_options "$directory/log/pppd" > "$directory/ppp-options"
  printf '%s\n' '[global]' 'access control = no' '[lns default]' \
    'ip range = 172.20.1.1-172.20.250.250' 'local ip = 172.20.0.1' \
    'require chap = yes' 'refuse pap = yes' 'require authentication = yes' 'name = lns' \
    "pppoptfile = $directory/ppp-options" > "$directory/xl2tpd.lns.conf"
}

write_lac() {
  local directory=$state/lac i
  for ((i = 1; i <= sessions; ++i)); do
    # The LNS does not have to prove who it is.
    write_ppp_options "$directory/log/pppd.$i" noauth > "$directory/ppp-options.$i"
    printf '%s\n' '[global]' 'access control = no' "listen-addr = $(lac_address $i)" \
      '[lac session]' "lns = $lns_address" 'autodial = yes' "name = user$i" \
      "pppoptfile = $directory/ppp-options.$i" > "$directory/xl2tpd.$i.conf"
  done
}

start_daemons() {
  local side
  for side in lns lac; do
    write_side "$side"
    start_process "$state/$side/daemons.pid" "$state/$side/log/daemons" \
      ip netns exec "$side" "$here/side-daemons" "$state" "$side" "$plugin"
    # A LAC that dials before the LNS listens waits a second until it tries again.
    [[ $side == lac ]] || sleep 0.5
  done
}

start_traffic() {
  start_process "$state/traffic.pid" "$state/traffic.log" ip netns exec lac "$here/traffic" 172.20.0.1
}

# Whatever runs in the namespaces is ours, because the namespaces are: xl2tpd, pppd, ping.
# signal_inhabitants SIGNAL SIDE fails when nobody is left.
signal_inhabitants() {
  local pids
  mapfile -t pids < <(ip netns pids "$2" 2> /dev/null)
  ((${#pids[@]} > 0)) || return 1
  kill "-$1" "${pids[@]}" 2> /dev/null || true
}

# All are told to hang up. A pppd whose peer is gone already waits in vain for an answer; after a
# second it has had its chance.
remove_namespaces() {
  local side tries
  for side in lac lns; do
    [[ ! -e $state/$side/made ]] || signal_inhabitants TERM "$side" || true
  done
  for side in lac lns; do
    [[ -e $state/$side/made ]] || continue
    for ((tries = 0; tries < 5; ++tries)); do
      signal_inhabitants 0 "$side" || break
      sleep 0.2
    done
    ! signal_inhabitants KILL "$side" || sleep 0.2
    ip netns del "$side" || true
  done
}
