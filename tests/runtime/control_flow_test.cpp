// SPDX-License-Identifier: Apache-2.0
#include <core/import/model.h>
#include <core/tensor/host_tensor.h>
#include <runtime/session/recurrent_state.h>
#include <runtime/session/session.h>

#include <gtest/gtest.h>

#include <cstring>
#include <thread>

/// If, Loop and shapes that depend on data, with results worked out by hand. (The operators themselves are covered by the ONNX backend tests.)
namespace nordlys::runtime {
namespace {

using core::DType;
using core::TensorId;

/// A graph in a line of code per node; shapes are stated nowhere.
struct Builder {
    core::Graph graph;

    TensorId tensor(const std::string &name, DType type = DType::Undefined) { return graph.addTensor(name, type); }
    TensorId input(const std::string &name, DType type, const core::Dims &dims)
    {
        const TensorId id = graph.addTensor(name, type, core::toShape(dims));
        graph.tensor(id).isGraphInput = true;
        graph.inputs.push_back(id);
        return id;
    }
    template <typename T>
    TensorId constant(const std::string &name, DType type, const core::Dims &dims, const std::vector<T> &values)
    {
        const TensorId id = graph.addTensor(name, type, core::toShape(dims));
        std::vector<std::byte> bytes(values.size() * sizeof(T));
        std::memcpy(bytes.data(), values.data(), bytes.size());
        graph.tensor(id).constant = core::ConstantData::owned(std::move(bytes));
        return id;
    }
    TensorId node(const std::string &op, std::vector<TensorId> inputs, const std::string &output, std::vector<core::Attribute> attributes = {})
    {
        return node(op, std::move(inputs), std::vector<std::string>{output}, std::move(attributes)).front();
    }
    std::vector<TensorId> node(const std::string &op, std::vector<TensorId> inputs, const std::vector<std::string> &outputs, std::vector<core::Attribute> attributes)
    {
        core::Node made;
        made.name = graph.names.intern("node_" + outputs.front());
        made.opType = graph.names.intern(op);
        made.domain = graph.names.intern("");
        made.opset = 17;
        made.inputs = std::move(inputs);
        for (const std::string &output : outputs)
            made.outputs.push_back(tensor(output));
        made.attributes = std::move(attributes);
        std::vector<TensorId> ids = made.outputs;
        graph.addNode(std::move(made));
        return ids;
    }
    core::Attribute body(const std::string &name, core::Graph value)
    {
        return {graph.names.intern(name), std::shared_ptr<const core::Graph>(std::make_shared<core::Graph>(std::move(value)))};
    }
    void output(TensorId id)
    {
        graph.tensor(id).isGraphOutput = true;
        graph.outputs.push_back(id);
    }
    std::shared_ptr<const core::Model> model()
    {
        auto made = std::make_shared<core::Model>();
        made->graph = graph;
        auto findings = core::inferShapes(made->graph, {.named = {}, .fallback = 1, .inputShapes = {}});
        EXPECT_TRUE(findings);
        return made;
    }
};

template <typename T>
core::HostTensor tensorOf(DType type, const core::Dims &dims, const std::vector<T> &values)
{
    auto tensor = core::HostTensor::create(type, dims);
    EXPECT_TRUE(tensor);
    std::memcpy(tensor->bytes().data(), values.data(), values.size() * sizeof(T));
    return *tensor;
}

template <typename T>
std::vector<T> valuesOf(const core::HostTensor &tensor)
{
    return {tensor.as<T>().begin(), tensor.as<T>().end()};
}

core::HostTensor boolean(bool value)
{
    return tensorOf<std::uint8_t>(DType::Bool, {}, {static_cast<std::uint8_t>(value)});
}

/// A branch that captures x and applies an operator to it and itself.
core::Graph branch(const std::string &op)
{
    Builder b;
    const TensorId x = b.tensor("x", DType::Float32);
    b.output(b.node(op, {x, x}, "y"));
    return b.graph;
}

TEST(ControlFlow, IfTakesTheBranchThatItsConditionNamesAndSeesWhatIsOutside)
{
    Builder b;
    const TensorId x = b.input("x", DType::Float32, {3}), c = b.input("c", DType::Bool, {});
    (void)x;
    b.output(b.node("If", {c}, "z", {b.body("then_branch", branch("Add")), b.body("else_branch", branch("Mul"))}));
    for (const bool optimize : {false, true}) {
        PlanOptions options;
        options.optimize = optimize;
        auto plan = Plan::build(b.model(), options);
        ASSERT_TRUE(plan) << plan.error().text();
        auto session = Session::create(*plan);
        ASSERT_TRUE(session);
        for (const bool condition : {true, false, true}) {
            const std::vector<core::HostTensor> inputs{tensorOf<float>(DType::Float32, {3}, {1, 5, -3}), boolean(condition)};
            ASSERT_TRUE((*session)->run(inputs));
            EXPECT_EQ(valuesOf<float>(*(*session)->output(0)), condition ? (std::vector<float>{2, 10, -6}) : (std::vector<float>{1, 25, 9}));
        }
    }
}

TEST(ControlFlow, AConstantConditionLeavesOnlyItsBranch)
{
    Builder b;
    b.input("x", DType::Float32, {2});
    const TensorId c = b.constant<std::uint8_t>("c", DType::Bool, {}, {0});
    b.output(b.node("If", {c}, "z", {b.body("then_branch", branch("Add")), b.body("else_branch", branch("Mul"))}));
    auto plan = Plan::build(b.model());
    ASSERT_TRUE(plan) << plan.error().text();
    ASSERT_EQ((*plan)->layers().size(), 1U);
    EXPECT_EQ((*plan)->layers()[0].op, "Mul");
    EXPECT_EQ((*plan)->foldedNodes(), std::vector<std::string>{"node_z"});
}

/// Body of a loop that appends its counter to a list and gives 2 * counter as a scan output; ends when the counter reaches `last`.
core::Graph countingBody(std::int64_t last)
{
    Builder b;
    const TensorId i = b.input("i", DType::Int64, {});
    b.graph.inputs.push_back(b.tensor("cond_in", DType::Bool));
    b.graph.tensor(b.graph.inputs.back()).isGraphInput = true;
    b.graph.inputs.push_back(b.tensor("list", DType::Int64));
    b.graph.tensor(b.graph.inputs.back()).isGraphInput = true;
    const TensorId list = b.graph.inputs.back();
    const TensorId limit = b.constant<std::int64_t>("limit", DType::Int64, {}, {last});
    const TensorId axis = b.constant<std::int64_t>("axis", DType::Int64, {1}, {0});
    const TensorId two = b.constant<std::int64_t>("two", DType::Int64, {}, {2});
    const TensorId more = b.node("Less", {i, limit}, "more");
    const TensorId one = b.node("Unsqueeze", {i, axis}, "one");
    const TensorId longer = b.node("Concat", {list, one}, "longer", {{b.graph.names.intern("axis"), std::int64_t(0)}});
    const TensorId twice = b.node("Mul", {i, two}, "twice");
    b.output(more);
    b.output(longer);
    b.output(twice);
    return b.graph;
}

TEST(ControlFlow, LoopCarriesAListThatGrowsAndCollectsItsScans)
{
    Builder b;
    const TensorId trips = b.input("trips", DType::Int64, {});
    const TensorId start = b.constant<std::int64_t>("start", DType::Int64, {1}, {100});
    const TensorId yes = b.constant<std::uint8_t>("yes", DType::Bool, {}, {1});
    for (const TensorId id : b.node("Loop", {trips, yes, start}, std::vector<std::string>{"list_out", "scan"}, {b.body("body", countingBody(3))}))
        b.output(id);
    auto plan = Plan::build(b.model());
    ASSERT_TRUE(plan) << plan.error().text();
    auto session = Session::create(*plan);
    ASSERT_TRUE(session);
    const auto run = [&](std::int64_t count) {
        const std::vector<core::HostTensor> inputs{tensorOf<std::int64_t>(DType::Int64, {}, {count})};
        const auto ran = (*session)->run(inputs);
        EXPECT_TRUE(ran) << ran.error().text();
        return std::pair(valuesOf<std::int64_t>(*(*session)->output(0)), valuesOf<std::int64_t>(*(*session)->output(1)));
    };
    using List = std::vector<std::int64_t>;
    EXPECT_EQ(run(2), std::pair(List({100, 0, 1}), List({0, 2})));
    EXPECT_EQ(run(10), std::pair(List({100, 0, 1, 2, 3}), List({0, 2, 4, 6}))); // the condition ends it
    EXPECT_EQ(run(0), std::pair(List({100}), List()));
    EXPECT_EQ(run(1), std::pair(List({100, 0}), List({0})));
}

TEST(ControlFlow, ALoopWithoutEndIsCappedAndCanBeStopped)
{
    Builder body;
    body.input("i", DType::Int64, {});
    const TensorId condition = body.input("c", DType::Bool, {});
    body.output(body.node("Identity", {condition}, "c_out"));
    Builder b;
    const TensorId x = b.input("x", DType::Float32, {1});
    const TensorId yes = b.constant<std::uint8_t>("yes", DType::Bool, {}, {1});
    // A scan output, so that the loop gives something.
    const TensorId inner = body.node("Identity", {condition}, "again");
    body.output(inner);
    b.output(b.node("Loop", {TensorId(), yes}, "all", {b.body("body", body.graph)}));
    b.output(b.node("Neg", {x}, "y"));
    PlanOptions options;
    options.maxLoopIterations = 1000;
    auto plan = Plan::build(b.model(), options);
    ASSERT_TRUE(plan) << plan.error().text();
    auto session = Session::create(*plan);
    const std::vector<core::HostTensor> inputs{tensorOf<float>(DType::Float32, {1}, {1})};
    const auto capped = (*session)->run(inputs);
    ASSERT_FALSE(capped);
    EXPECT_EQ(capped.error().code, core::ErrorCode::BadInput);
    EXPECT_NE(capped.error().text().find("1000 iterations"), std::string::npos) << capped.error().text();

    options.maxLoopIterations = std::int64_t(1) << 40;
    options.memoryBudgetBytes = std::uint64_t(1) << 40;
    plan = Plan::build(b.model(), options);
    session = Session::create(*plan);
    std::stop_source stop;
    const std::jthread later([&stop] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        stop.request_stop();
    });
    const auto stopped = (*session)->run(inputs, {}, stop.get_token());
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, core::ErrorCode::Interrupted);
}

TEST(ControlFlow, SizesThatOnlyARunKnowsAreRefusedBeforeTheyAreTaken)
{
    Builder b;
    const TensorId x = b.input("x", DType::Float32, {1}), shape = b.input("shape", DType::Int64, {2});
    b.output(b.node("Expand", {x, shape}, "big"));
    PlanOptions options;
    options.memoryBudgetBytes = std::uint64_t(64) << 20;
    auto plan = Plan::build(b.model(), options);
    ASSERT_TRUE(plan) << plan.error().text();
    auto session = Session::create(*plan);
    const auto run = [&](std::int64_t rows, std::int64_t columns) {
        const std::vector<core::HostTensor> inputs{tensorOf<float>(DType::Float32, {1}, {7}), tensorOf<std::int64_t>(DType::Int64, {2}, {rows, columns})};
        return (*session)->run(inputs);
    };
    for (const auto &[rows, columns] : {std::pair<std::int64_t, std::int64_t>{1 << 20, 1 << 20}, {std::int64_t(1) << 40, std::int64_t(1) << 40}, {5000, 5000}, {-5, 4}}) {
        const auto ran = run(rows, columns);
        ASSERT_FALSE(ran) << rows << " " << columns;
        EXPECT_NE(ran.error().text().find("node_big (Expand)"), std::string::npos) << ran.error().text();
    }
    ASSERT_TRUE(run(2, 3));
    EXPECT_EQ((*session)->output(0)->dims(), (core::Dims{2, 3}));
    EXPECT_EQ(valuesOf<float>(*(*session)->output(0)), std::vector<float>(6, 7));
}

TEST(ControlFlow, SessionsOfOnePlanDoNotDisturbEachOther)
{
    Builder b;
    const TensorId trips = b.input("trips", DType::Int64, {});
    const TensorId start = b.constant<std::int64_t>("start", DType::Int64, {1}, {100});
    const TensorId yes = b.constant<std::uint8_t>("yes", DType::Bool, {}, {1});
    b.output(b.node("Loop", {trips, yes, start}, std::vector<std::string>{"list_out", "scan"}, {b.body("body", countingBody(1000))}).front());
    auto plan = Plan::build(b.model());
    ASSERT_TRUE(plan) << plan.error().text();
    std::vector<std::jthread> threads;
    std::vector<int> wrong(4, 0);
    for (std::size_t t = 0; t < wrong.size(); ++t) {
        threads.emplace_back([&, t] {
            auto session = Session::create(*plan);
            for (std::int64_t round = 0; round < 20; ++round) {
                const auto count = static_cast<std::int64_t>(t) * 7 + round;
                const std::vector<core::HostTensor> inputs{tensorOf<std::int64_t>(DType::Int64, {}, {count})};
                const bool ok = (*session)->run(inputs).hasValue() && (*session)->output(0)->dims() == core::Dims{count + 1};
                wrong[t] += ok ? 0 : 1;
            }
        });
    }
    threads.clear();
    EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

TEST(RecurrentState, ScoresAppendTheNumberOfTheLargest)
{
    const Value list = Value::ofTensor(tensorOf<std::int64_t>(DType::Int64, {2, 2}, {4, 5, 6, 7}));
    const Value scores = Value::ofTensor(tensorOf<float>(DType::Float32, {2, 2, 3}, {9, 0, 0, 1, 3, 2, 0, 0, 9, 5, 4, 3}));
    const auto next = nextState({0, 0, true}, list, scores);
    ASSERT_TRUE(next) << next.error().text();
    EXPECT_EQ(next->tensor().dims(), (core::Dims{2, 3}));
    EXPECT_EQ(valuesOf<std::int64_t>(next->tensor()), (std::vector<std::int64_t>{4, 5, 1, 6, 7, 0}));
}

TEST(RecurrentState, LinksAreCheckedAgainstTheModel)
{
    Builder b;
    b.input("tokens", DType::Int64, {1, 4});
    const TensorId h = b.input("h=0", DType::Float32, {1});
    b.output(b.node("Identity", {h}, "h=1"));
    b.graph.tensor(b.graph.outputs[0]).dtype = DType::Float32;
    const auto parse = [&](const std::string &text) { return parseStateLinks(std::vector<std::string>{text}, b.graph); };
    ASSERT_TRUE(parse("h=1=h=0"));
    EXPECT_FALSE((*parse("h=1=h=0"))[0].appends);
    ASSERT_TRUE(parse("h=1=tokens"));
    EXPECT_TRUE((*parse("h=1=tokens"))[0].appends);
    for (const char *wrong : {"", "h=1", "=h=0", "h=1=", "x=h=0", "h=1=x"})
        EXPECT_FALSE(parse(wrong)) << wrong;
    EXPECT_FALSE(parseStateLinks(std::vector<std::string>{"h=1=h=0", "h=1=h=0"}, b.graph));
}

} // namespace
} // namespace nordlys::runtime
