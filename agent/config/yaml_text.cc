#include "agent/config/yaml_text.h"

#include <yaml-cpp/eventhandler.h>

#include <exception>
#include <sstream>

#include "agent/base/quote.h"

namespace pppol2tp::config {
namespace {

// Notes where a document starts, and ignores everything else.
class DocumentStart final : public YAML::EventHandler {
 public:
  const YAML::Mark& mark() const { return mark_; }

  void OnDocumentStart(const YAML::Mark& mark) override { mark_ = mark; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

 private:
  YAML::Mark mark_;
};

// YAML::Load() ignores what follows the first document, and YAML::LoadAll() never returns if the
// text continues with something that cannot start a document, such as a comma (seen in 0.7 and
// 0.8). May throw yaml-cpp's exceptions.
Result<void> expect_one_document(const std::string& text, std::string_view name) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  DocumentStart start;
  if (parser.HandleNextDocument(start) && parser.HandleNextDocument(start)) {
    return at(name, start.mark(), fail("something follows the first YAML document; allowed: one"));
  }
  return {};
}

}  // namespace

Result<YAML::Node> parse_yaml(const std::string& text, std::string_view file) {
  if (text.size() > kMaxFileBytes) return fail(file, ": larger than ", kMaxFileBytes, " bytes");
  try {
    if (auto single = expect_one_document(text, file); !single) return single.error();
    return YAML::Load(text);
  } catch (const YAML::Exception& exception) {
    return at(
        file, exception.mark,
        fail("not valid YAML at column ", exception.mark.column + 1, ": ", escaped(exception.msg)));
  } catch (const std::exception& exception) {
    return fail(file, ": ", escaped(exception.what()));
  }
}

Error at(std::string_view file, const YAML::Mark& mark, const Error& error) {
  if (mark.is_null()) return fail(file, ": ", error.message);
  return fail(file, ':', mark.line + 1, ": ", error.message);
}

std::string_view kind_of(const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Scalar:
      return "a single value";
    case YAML::NodeType::Sequence:
      return "a list";
    case YAML::NodeType::Map:
      return "a mapping";
    default:
      return "nothing";
  }
}

std::string join(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += concat(out.empty() ? "" : ", ", word);
  return out;
}

}  // namespace pppol2tp::config
