# shellcheck shell=bash disable=SC2154
# The demo's agent, in the namespaces of whoever started the demo. Sourced by demo.

# The kernel is asked about both ends as well. Where it cannot be, the agent says so in its log and goes on.
write_agent_config() {
  cat > "$state/agent.yml" << YAML
listen: ["$listen"]
ring: $state/ring/ring
network_namespaces: [lns, lac]
state_file: $state/agent.state
retention: $retention
log_level: info
YAML
  echo "$build/agent/pppol2tp-agent" > "$state/agent.program"
  "$build/agent/pppol2tp-agent" --config "$state/agent.yml" --check-config > /dev/null
}

start_agent() {
  [[ -s $state/agent.program ]] || die "this demo was started without an agent"
  start_process "$state/agent.pid" "$state/agent.log" "$(< "$state/agent.program")" --config "$state/agent.yml"
}
