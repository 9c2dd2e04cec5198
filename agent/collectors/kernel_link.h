// The agent's end of the channel to its kernel reader. What is asked goes there at once; reports
// that have come wait here until they are taken. When the reader is no more, that is what every
// watched namespace's answer says.
//
// One thread, the model's.
#pragma once

#include <string>

#include "agent/base/packet_channel.h"
#include "agent/collectors/kernel_desk.h"

namespace pppol2tp::collectors {

class KernelLink final : public KernelDesk {
 public:
  explicit KernelLink(Fd end);

  // Takes in what has come; does not wait. True: the model should hear of it at once.
  bool receive();

  // To be waited on while is_open().
  int descriptor() const { return channel_.descriptor(); }
  bool is_open() const { return is_open_; }

  bool is_idle() const override { return !is_asked_; }
  void ask(KernelQuestions questions) override;
  KernelAnswers take() override;

 private:
  void close(std::string reason);

  PacketChannel channel_;
  bool is_open_ = true;
  bool is_asked_ = false;
  KernelAnswers answers_;
};

}  // namespace pppol2tp::collectors
