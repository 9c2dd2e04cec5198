#include "agent/metrics/workspace.h"

#include <utility>

namespace pppol2tp::metrics {

Workspaces::Lent Workspaces::lend() {
  auto workspace = std::exchange(*spare_.lock(), nullptr);
  if (!workspace) workspace = std::make_unique<Workspace>();
  return {workspace.release(), GiveBack{this}};
}

void Workspaces::take_back(Workspace* workspace) {
  workspace->out.clear();
  workspace->scratch.clear();
  std::unique_ptr<Workspace> back(workspace);
  std::swap(back, *spare_.lock());  // frees another one's, if there is one, without the lock
}

}  // namespace pppol2tp::metrics
