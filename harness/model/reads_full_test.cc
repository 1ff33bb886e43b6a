// The theorem in three terms with a write and a restart, to the very end.
#include <cstdio>

#include "gtest/gtest.h"
#include "harness/model/checker.h"
#include "harness/model/reads.h"

namespace tidemark::model {
namespace {

TEST(Reads, AreTrueInThreeTermsWithAWriteAndARestart) {
  const Findings findings = Check(Bootstrapped(), {}, Without::kNothing);
  EXPECT_EQ(findings.broken, "");
  std::printf("%llu states, depth %d\n", static_cast<unsigned long long>(findings.states),
              findings.depth);
}

}  // namespace
}  // namespace tidemark::model
