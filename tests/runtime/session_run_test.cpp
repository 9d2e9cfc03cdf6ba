// SPDX-License-Identifier: Apache-2.0
#include "allocation_counter.h"

#include <core/import/model.h>
#include <runtime/session/session.h>
#include <support/shared_data.h>

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <map>
#include <new>
#include <set>

namespace {
std::atomic<bool> counting{false};
std::atomic<std::size_t> allocations{0};

void *counted(std::size_t size)
{
    if (counting.load(std::memory_order_relaxed))
        ++allocations;
    return std::malloc(size == 0 ? 1 : size);
}
} // namespace

// The whole test program allocates through these, so that a test can prove that running a plan does not.
[[gnu::noinline]] void *operator new(std::size_t size)
{
    if (void *memory = counted(size))
        return memory;
    throw std::bad_alloc();
}
[[gnu::noinline]] void *operator new[](std::size_t size)
{
    return ::operator new(size);
}
// std::stable_sort asks in this form; what it gets goes back through the operators below.
[[gnu::noinline]] void *operator new(std::size_t size, const std::nothrow_t &) noexcept
{
    return counted(size);
}
[[gnu::noinline]] void *operator new[](std::size_t size, const std::nothrow_t &) noexcept
{
    return counted(size);
}
[[gnu::noinline]] void operator delete(void *memory) noexcept
{
    std::free(memory);
}
[[gnu::noinline]] void operator delete[](void *memory) noexcept
{
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void *memory, std::size_t) noexcept
{
    std::free(memory);
}
[[gnu::noinline]] void operator delete[](void *memory, std::size_t) noexcept
{
    std::free(memory);
}

namespace nordlys::test {

AllocationCounter::AllocationCounter()
{
    allocations = 0;
    counting = true;
}
AllocationCounter::~AllocationCounter()
{
    counting = false;
}
std::size_t AllocationCounter::stop()
{
    counting = false;
    return allocations.load();
}

} // namespace nordlys::test

namespace nordlys::runtime {
namespace {

class SessionRun : public testing::Test {
protected:
    void SetUp() override
    {
        auto model = core::openModel(test::digitsPath() / "digits.onnx");
        ASSERT_TRUE(model) << model.error().text();
        m_model = *model;
        auto input = core::HostTensor::create(core::DType::Float32, *core::knownDims(*m_model->graph.tensor(m_model->graph.inputs[0]).shape));
        ASSERT_TRUE(input);
        for (std::size_t i = 0; i < input->elementCount(); ++i)
            input->as<float>()[i] = static_cast<float>(i % 17) / 17.0F;
        m_input = std::move(*input);
    }
    std::unique_ptr<Session> session(const PlanOptions &options = {}, int threads = 1)
    {
        auto plan = Plan::build(m_model, options);
        EXPECT_TRUE(plan) << plan.error().text();
        auto made = Session::create(*plan, threads);
        EXPECT_TRUE(made);
        return std::move(*made);
    }
    std::shared_ptr<const core::Model> m_model;
    core::HostTensor m_input;
};

TEST_F(SessionRun, AllocatesNothingWhileRunning)
{
    for (const bool fast : {true, false}) {
        for (const int threads : {1, 2}) {
            PlanOptions options;
            options.fastKernels = fast;
            auto one = session(options, threads);
            ASSERT_TRUE(one->run({&m_input, 1}));
            test::AllocationCounter counter;
            const auto ran = one->run({&m_input, 1});
            EXPECT_EQ(counter.stop(), 0U) << (fast ? "fast" : "reference") << " kernels, " << threads << " threads";
            EXPECT_TRUE(ran);
        }
    }
}

TEST_F(SessionRun, TimersCoverTheRunAndTheDelayedStepRisesAlone)
{
    auto one = session();
    ASSERT_TRUE(one->run({&m_input, 1}));
    ASSERT_TRUE(one->run({&m_input, 1}));
    std::int64_t sum = 0;
    for (const auto &time : one->stepTimes()) {
        EXPECT_GE(time.durationNs, 0);
        sum += time.durationNs;
    }
    EXPECT_LE(sum, one->lastRunNs());
    const std::size_t step = one->stepTimes().size() / 2;
    one->delayStep(step, 50'000'000);
    ASSERT_TRUE(one->run({&m_input, 1}));
    EXPECT_GE(one->stepTimes()[step].durationNs, 50'000'000);
    EXPECT_GE(one->lastRunNs(), 50'000'000);
    one->delayStep(step, 0);
    one->setTimersEnabled(false);
    ASSERT_TRUE(one->run({&m_input, 1}));
    EXPECT_LT(one->lastRunNs(), 50'000'000 + 1'000'000'000);
}

TEST_F(SessionRun, WrongInputsAndStopsAreErrorsAndTheSessionStaysUsable)
{
    auto one = session();
    EXPECT_EQ(one->output(0).error().code, core::ErrorCode::Usage);
    auto wrong = core::HostTensor::create(core::DType::Float32, {1, 2, 3});
    const auto refused = one->run({&*wrong, 1});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, core::ErrorCode::BadInput);
    EXPECT_FALSE(one->run({}));
    std::stop_source source;
    source.request_stop();
    const auto stopped = one->run({&m_input, 1}, {}, source.get_token());
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, core::ErrorCode::Interrupted);
    EXPECT_TRUE(one->run({&m_input, 1}));
    EXPECT_TRUE(one->output(0));
    EXPECT_FALSE(one->output(1));
}

TEST_F(SessionRun, WithoutOptimizingEveryTensorOfTheModelIsSeenAndFastEqualsReference)
{
    std::map<std::string, core::HostTensor> seen[2];
    for (const bool fast : {false, true}) {
        PlanOptions options;
        options.optimize = false;
        options.fastKernels = fast;
        auto one = session(options);
        const auto ran = one->run({&m_input, 1}, [&](const TensorView &view) { seen[fast ? 1 : 0].emplace(view.name, *view.toHost()); });
        ASSERT_TRUE(ran);
    }
    const core::Graph &graph = m_model->graph;
    for (const core::Node &node : graph.nodes) {
        for (const core::TensorId id : node.outputs) {
            const std::string name(graph.nameOf(id));
            ASSERT_TRUE(seen[0].contains(name) && seen[1].contains(name)) << name;
            const auto a = seen[0].at(name).as<float>(), b = seen[1].at(name).as<float>();
            ASSERT_EQ(a.size(), b.size());
            float largest = 0;
            for (const float value : a)
                largest = std::max(largest, std::abs(value));
            for (std::size_t i = 0; i < a.size(); ++i)
                ASSERT_NEAR(a[i], b[i], 1e-5F * largest) << name << " element " << i;
        }
    }
    EXPECT_TRUE(seen[0].contains(std::string(graph.nameOf(graph.inputs[0]))));
}

TEST_F(SessionRun, EverySourceNodeIsInTheNameMapOnce)
{
    auto plan = Plan::build(m_model);
    ASSERT_TRUE(plan);
    std::multiset<std::string> mapped;
    for (const core::LayerInfo &layer : (*plan)->layers())
        mapped.insert(layer.sourceNodes.begin(), layer.sourceNodes.end());
    mapped.insert((*plan)->foldedNodes().begin(), (*plan)->foldedNodes().end());
    mapped.insert((*plan)->removedNodes().begin(), (*plan)->removedNodes().end());
    EXPECT_EQ(mapped.size(), m_model->graph.nodes.size());
    for (std::size_t n = 0; n < m_model->graph.nodes.size(); ++n)
        EXPECT_EQ(mapped.count(std::string(m_model->graph.nameOf(core::NodeId(n)))), 1U);
}

TEST_F(SessionRun, MemoryBeyondTheBudgetIsRefusedBeforeItIsTaken)
{
    PlanOptions options;
    options.memoryBudgetBytes = 1000;
    auto plan = Plan::build(m_model, options);
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().code, core::ErrorCode::BadInput);
}

} // namespace
} // namespace nordlys::runtime
