// SPDX-License-Identifier: Apache-2.0
#include <core/import/model.h>
#include <core/inputs/sample_set.h>
#include <core/placement/placement.h>
#include <core/quantization/quantizable.h>
#include <runtime/quantization/calibrate.h>
#include <runtime/segments/segmented_session.h>
#include <runtime/session/session.h>
#include <support/shared_data.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>

namespace nordlys::runtime {
namespace {

using core::Backend;

const core::BackendCapabilities &tables()
{
    static const auto loaded = core::BackendCapabilities::load(std::filesystem::path(NORDLYS_SOURCE_DIR) / "resources/backends");
    return *loaded;
}

std::shared_ptr<const core::Model> openModel(const std::filesystem::path &path)
{
    auto model = core::openModel(path);
    EXPECT_TRUE(model) << model.error().text();
    return model ? *model : nullptr;
}

std::vector<core::HostTensor> someInputs(const core::Model &model)
{
    auto samples = core::SampleSet::open("random:7:1", model.graph);
    EXPECT_TRUE(samples) << samples.error().text();
    auto loaded = samples->load(0);
    EXPECT_TRUE(loaded) << loaded.error().text();
    return std::move(*loaded);
}

std::vector<core::HostTensor> runWhole(const std::shared_ptr<const Plan> &plan, std::span<const core::HostTensor> inputs)
{
    auto session = Session::create(plan, 2);
    EXPECT_TRUE(session);
    auto ran = (*session)->run(inputs);
    EXPECT_TRUE(ran) << ran.error().text();
    std::vector<core::HostTensor> outputs;
    for (std::size_t i = 0; i < plan->outputs().size(); ++i)
        outputs.push_back(*(*session)->output(i));
    return outputs;
}

std::vector<core::HostTensor> runSegments(const std::shared_ptr<const SegmentedPlan> &plan, std::span<const core::HostTensor> inputs)
{
    auto session = SegmentedSession::create(plan, 2);
    EXPECT_TRUE(session);
    std::vector<core::HostTensor> outputs;
    // Twice: the first run must leave nothing behind that the second one sees.
    for (int round = 0; round < 2; ++round) {
        auto ran = (*session)->run(inputs);
        EXPECT_TRUE(ran) << ran.error().text();
    }
    for (std::size_t i = 0; i < plan->outputs().size(); ++i)
        outputs.push_back(*(*session)->output(i));
    return outputs;
}

double largestDifference(const core::HostTensor &a, const core::HostTensor &b)
{
    EXPECT_EQ(a.dims(), b.dims());
    EXPECT_EQ(a.dtype(), b.dtype());
    if (a.dtype() != core::DType::Float32)
        return std::ranges::equal(a.bytes(), b.bytes()) ? 0 : INFINITY;
    double error = 0, largest = 1e-30;
    for (std::size_t i = 0; i < a.elementCount(); ++i) {
        error = std::max(error, std::abs(static_cast<double>(a.as<float>()[i]) - static_cast<double>(b.as<float>()[i])));
        largest = std::max(largest, std::abs(static_cast<double>(b.as<float>()[i])));
    }
    return error / largest;
}

core::PlacementPlan placed(const core::Model &model, const core::EncodingSet &encodings, const core::BackendAssignments &assignments,
                           std::optional<Backend> allOn = {})
{
    auto plan = core::planPlacement(model.graph, encodings, assignments, tables(), {allOn});
    EXPECT_TRUE(plan) << plan.error().text();
    auto checked = core::checkPlacement(model.graph, *plan);
    EXPECT_TRUE(checked) << checked.error().text();
    return *std::move(plan);
}

/// float32 for every tensor that wants an encoding: what runs on htp then computes what the CPU does.
core::EncodingSet floatEncodings(const core::Model &model)
{
    core::EncodingSet set;
    for (const core::Tensor &tensor : model.graph.tensors) {
        core::EncodingEntry entry;
        entry.encoding.isFloat = true;
        entry.encoding.bitwidth = 32;
        if (tensor.dtype == core::DType::Float32)
            set.entries[std::string(model.graph.names.text(tensor.name))] = entry;
    }
    return set;
}

std::vector<std::string> nodesWithOp(const core::Graph &graph, std::string_view op)
{
    std::vector<std::string> names;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        if (graph.opOf(core::NodeId(i)) == op)
            names.emplace_back(graph.nameOf(core::NodeId(i)));
    }
    return names;
}

class Segments : public testing::Test {
protected:
    void SetUp() override
    {
        m_model = openModel(test::digitsPath() / "digits.onnx");
        ASSERT_TRUE(m_model);
        auto samples = core::SampleSet::open((test::digitsPath() / "calibration").string(), m_model->graph, {.recipe = {}, .limit = 8});
        auto result = calibrateMinMax(m_model, *samples);
        ASSERT_TRUE(result) << result.error().text();
        m_encodings = std::move(result->encodings);
        const auto convs = nodesWithOp(m_model->graph, "Conv");
        ASSERT_GE(convs.size(), 3U);
        m_two = {{convs[1], Backend::Htp}, {convs[2], Backend::Htp}};
    }
    std::shared_ptr<const SegmentedPlan> segmented(const core::PlacementPlan &placement) const
    {
        PlanOptions options;
        options.encodings = m_encodings;
        auto plan = buildSegmentedPlan(m_model, placement, options);
        EXPECT_TRUE(plan) << plan.error().text();
        return *plan;
    }

    std::shared_ptr<const core::Model> m_model;
    core::EncodingSet m_encodings;
    core::BackendAssignments m_two;
};

TEST_F(Segments, TwoNodesOnHtpEqualTheSimulationOfJustThoseNodes)
{
    const core::PlacementPlan placement = placed(*m_model, m_encodings, m_two);
    ASSERT_GE(placement.segments.size(), 3U);
    const auto plan = segmented(placement);
    ASSERT_EQ(plan->segments().size(), placement.segments.size());
    EXPECT_EQ(plan->precisionName(), "mixed");

    // The reference: one plan whose encodings are those that the nodes on htp read and write. It rounds what comes from the CPU for every reader,
    // a segment for itself only: alike where the CPU does not read the value too, which holds for these two nodes.
    PlanOptions whole;
    whole.precision = Precision::QuantSim;
    std::set<std::string> onHtp;
    for (const core::NodePlacement &node : placement.nodes) {
        if (node.backend != Backend::Htp)
            continue;
        onHtp.insert(std::string(m_model->graph.nameOf(node.node)));
        const core::Node &source = m_model->graph.node(node.node);
        for (const auto *list : {&source.inputs, &source.outputs}) {
            for (const core::TensorId tensor : *list) {
                if (!tensor.isValid())
                    continue;
                const core::Tensor &value = m_model->graph.tensor(tensor);
                const auto isOnHtp = [&](core::NodeId user) { return placement.of(user).backend == Backend::Htp; };
                ASSERT_TRUE(value.isConstant() || isOnHtp(value.producer) || std::ranges::all_of(value.consumers, isOnHtp));
                if (const auto *entry = m_encodings.find(m_model->graph.nameOf(tensor)))
                    whole.encodings.entries[std::string(m_model->graph.nameOf(tensor))] = *entry;
            }
        }
    }
    EXPECT_GE(onHtp.size(), 2U);
    auto reference = Plan::build(m_model, whole);
    ASSERT_TRUE(reference);
    auto plain = Plan::build(m_model);
    ASSERT_TRUE(plain);
    const auto inputs = someInputs(*m_model);
    const auto got = runSegments(plan, inputs), expected = runWhole(*reference, inputs), unquantized = runWhole(*plain, inputs);
    EXPECT_LE(largestDifference(got[0], expected[0]), 1e-6);
    EXPECT_GT(largestDifference(got[0], unquantized[0]), 1e-5) << "quantization must be felt";
}

TEST_F(Segments, EverythingOnHtpIsTheSimulation)
{
    const auto plan = segmented(placed(*m_model, m_encodings, {}, Backend::Htp));
    PlanOptions options;
    options.precision = Precision::QuantSim;
    options.encodings = m_encodings;
    auto whole = Plan::build(m_model, options);
    ASSERT_TRUE(whole);
    const auto inputs = someInputs(*m_model);
    EXPECT_LE(largestDifference(runSegments(plan, inputs)[0], runWhole(*whole, inputs)[0]), 1e-6);
}

TEST_F(Segments, LayersNameSegmentBackendAndBoundaries)
{
    const core::PlacementPlan placement = placed(*m_model, m_encodings, m_two);
    const auto plan = segmented(placement);
    std::map<std::string, std::size_t> segmentOf;
    for (const core::NodePlacement &node : placement.nodes)
        segmentOf[std::string(m_model->graph.nameOf(node.node))] = placement.segmentOf(node.node);
    std::vector<std::pair<std::string, std::int64_t>> boundaries;
    std::set<std::string> names;
    for (const core::LayerInfo &layer : plan->layers()) {
        EXPECT_TRUE(names.insert(layer.name).second) << layer.name;
        EXPECT_EQ(layer.backend, core::nameOf(placement.segments[layer.segment].backend));
        EXPECT_EQ(layer.isEmulated, layer.backend == "htp");
        if (layer.isBoundary())
            boundaries.emplace_back(layer.boundaryTensor, layer.boundaryBytes);
        for (const std::string &node : layer.sourceNodes)
            EXPECT_EQ(segmentOf.at(node), layer.segment) << "nothing is fused across segments: " << node;
    }
    std::vector<std::pair<std::string, std::int64_t>> crossings;
    for (const core::Crossing &crossing : placement.crossings)
        crossings.emplace_back(m_model->graph.nameOf(crossing.tensor), crossing.bytes);
    EXPECT_THAT(boundaries, testing::UnorderedElementsAreArray(crossings));

    auto session = SegmentedSession::create(plan, 1);
    ASSERT_TRUE(session);
    const auto inputs = someInputs(*m_model);
    ASSERT_TRUE((*session)->run(inputs));
    ASSERT_EQ((*session)->stepTimes().size(), plan->layers().size());
    std::int64_t last = 0, sum = 0;
    for (const Session::StepTime &time : (*session)->stepTimes()) {
        EXPECT_GE(time.offsetNs, last);
        EXPECT_GE(time.durationNs, 0);
        last = time.offsetNs + time.durationNs;
        sum += time.durationNs;
    }
    EXPECT_LE(last, (*session)->lastRunNs());
    EXPECT_LE(sum, (*session)->lastRunNs());
}

TEST_F(Segments, WrongInputsAreNamedAndAStopEndsTheRun)
{
    auto session = SegmentedSession::create(segmented(placed(*m_model, m_encodings, m_two)), 1);
    ASSERT_TRUE(session);
    EXPECT_FALSE((*session)->run({}));
    auto wrong = core::HostTensor::create(core::DType::Float32, {1, 2});
    const auto refused = (*session)->run({&*wrong, 1});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, core::ErrorCode::BadInput);
    std::stop_source stop;
    stop.request_stop();
    const auto stopped = (*session)->run(someInputs(*m_model), stop.get_token());
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, core::ErrorCode::Interrupted);
}

TEST_F(Segments, PlansThatDoNotFitTogetherAreRefused)
{
    auto plan = Plan::build(m_model);
    ASSERT_TRUE(plan);
    const std::vector<PortInfo> &inputs = (*plan)->inputs();
    const std::string output = (*plan)->outputs()[0].name;
    const PlanSegment segment{Backend::Cpu, false, *plan};
    EXPECT_TRUE(SegmentedPlan::link({segment}, inputs, {output}));
    EXPECT_FALSE(SegmentedPlan::link({segment, segment}, inputs, {output})) << "one tensor is computed twice";
    EXPECT_FALSE(SegmentedPlan::link({segment}, {}, {output})) << "nobody feeds the input";
    EXPECT_FALSE(SegmentedPlan::link({segment}, inputs, {"nothing"}));
    EXPECT_FALSE(SegmentedPlan::link({segment}, inputs, {inputs[0].name})) << "an input is no output by itself";
    std::vector<PortInfo> other = inputs;
    other[0].dims.back() += 1;
    EXPECT_FALSE(SegmentedPlan::link({segment}, other, {output}));
    other = {inputs[0], inputs[0]};
    EXPECT_FALSE(SegmentedPlan::link({segment}, other, {output}));
}

/// Networks with branches, residuals and shape arithmetic, cut anywhere, compute what they compute in one piece.
class SegmentsOfModels : public testing::TestWithParam<const char *> {};

TEST_P(SegmentsOfModels, RandomCutsChangeNothing)
{
    const auto path = test::sharedModel(GetParam()) / "model.onnx";
    NORDLYS_REQUIRE_SHARED(path);
    const auto model = openModel(path);
    ASSERT_TRUE(model);
    const core::EncodingSet encodings = floatEncodings(*model);
    auto whole = Plan::build(model);
    ASSERT_TRUE(whole) << whole.error().text();
    const auto inputs = someInputs(*model);
    const auto expected = runWhole(*whole, inputs);
    std::mt19937 random(11);
    for (const unsigned oneIn : {2U, 9U}) {
        core::BackendAssignments assignments;
        auto free = core::planPlacement(model->graph, encodings, {}, tables());
        ASSERT_TRUE(free);
        for (const core::NodePlacement &node : free->nodes) {
            if (node.reasonOf(Backend::Htp).allowed && random() % oneIn == 0)
                assignments[std::string(model->graph.nameOf(node.node))] = Backend::Htp;
        }
        const core::PlacementPlan placement = placed(*model, encodings, assignments);
        EXPECT_GT(placement.segments.size(), 3U);
        PlanOptions options;
        options.encodings = encodings;
        auto plan = buildSegmentedPlan(model, placement, options);
        ASSERT_TRUE(plan) << plan.error().text();
        const auto got = runSegments(*plan, inputs);
        ASSERT_EQ(got.size(), expected.size());
        for (std::size_t i = 0; i < got.size(); ++i)
            EXPECT_LE(largestDifference(got[i], expected[i]), 1e-4) << "output " << i << " of " << placement.segments.size() << " segments";
    }
}

INSTANTIATE_TEST_SUITE_P(Models, SegmentsOfModels, testing::Values("resnet20_cifar10", "ultraface_rfb320", "encoder_random", "stories260k", "fsanet_var"),
                         [](const auto &row) { return std::string(row.param); });

} // namespace
} // namespace nordlys::runtime
