// SPDX-License-Identifier: Apache-2.0
#include <runtime/quantization/sample_workers.h>

#include <gtest/gtest.h>

#include <atomic>
#include <new>
#include <stdexcept>

namespace nordlys::runtime {
namespace {

/// Whatever thread it happens on: the program goes on and the lowest sample is the one that is told.
TEST(SampleWorkers, WhatIsThrownBecomesAnError)
{
    for (const int threads : {1, 4}) {
        std::atomic<int> begun{0};
        const auto result = forEachSample(64, threads, {}, "trying", [&](int, std::size_t sample) -> core::Expected<void> {
            ++begun;
            if (sample == 6)
                throw std::bad_alloc();
            if (sample == 9)
                throw std::runtime_error("odd");
            return {};
        });
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code, core::ErrorCode::BadInput);
        EXPECT_NE(result.error().text().find("sample 7"), std::string::npos) << result.error().text();
        EXPECT_GE(begun, 7);
    }
    const auto result = forEachSample(3, 2, {}, "trying", [](int, std::size_t) -> core::Expected<void> { throw std::runtime_error("odd"); });
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, core::ErrorCode::Internal);
    EXPECT_NE(result.error().text().find("odd"), std::string::npos);
}

} // namespace
} // namespace nordlys::runtime
