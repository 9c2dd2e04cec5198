# shellcheck shell=sh
# A connection of NetworkManager-l2tp to the LNS at 192.0.2.1. The only addition for metrics is LCP echoes, which it
# otherwise turns off: without them, a peer that is gone is not noticed.
nmcli connection add type vpn vpn-type l2tp con-name office autoconnect no \
  ipv4.never-default yes \
  vpn.data 'gateway = 192.0.2.1, user = office1, password-flags = 0, lcp-echo-interval = 10, lcp-echo-failure = 3' \
  vpn.secrets 'password = change me'
