// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/graph/shape_inference.h>
#include <core/import/model.h>
#include <runtime/plan/plan_data.h>
#include <runtime/session/session.h>

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace nordlys::test {

/// Tiny models in a line of code per node. A node is named as given, its output after it with "_y"; shapes are inferred at the end.
class TinyModel {
public:
    explicit TinyModel(int opset = 13) : m_model(std::make_shared<core::Model>()), m_opset(opset) { m_model->opsets = {{"", opset}}; }

    core::TensorId input(const std::string &name, const core::Dims &dims, core::DType type = core::DType::Float32)
    {
        const core::TensorId id = m_model->graph.addTensor(name, type, core::toShape(dims));
        m_model->graph.tensor(id).isGraphInput = true;
        m_model->graph.inputs.push_back(id);
        return id;
    }
    template <typename T>
    core::TensorId constant(const std::string &name, core::DType type, const core::Dims &dims, const std::vector<T> &values)
    {
        const core::TensorId id = m_model->graph.addTensor(name, type, core::toShape(dims));
        std::vector<std::byte> bytes(values.size() * sizeof(T));
        std::memcpy(bytes.data(), values.data(), bytes.size());
        m_model->graph.tensor(id).constant = core::ConstantData::owned(std::move(bytes));
        return id;
    }
    core::TensorId floats(const std::string &name, const core::Dims &dims, const std::vector<float> &values)
    {
        return constant(name, core::DType::Float32, dims, values);
    }
    core::TensorId scalar(float value) { return floats("scalar_" + std::to_string(m_made++), {}, {value}); }
    core::TensorId ints(const std::vector<std::int64_t> &values)
    {
        return constant("ints_" + std::to_string(m_made++), core::DType::Int64, {static_cast<std::int64_t>(values.size())}, values);
    }
    /// Different values around zero, the same in every run.
    core::TensorId random(const std::string &name, const core::Dims &dims, float offset = 0)
    {
        std::vector<float> values(static_cast<std::size_t>(*core::elementCount(dims)));
        std::uniform_real_distribution<float> spread(-1, 1);
        for (float &value : values)
            value = spread(m_random) + offset;
        return floats(name, dims, values);
    }

    using Attributes = std::map<std::string, core::AttributeValue>;
    core::TensorId node(const std::string &op, const std::string &name, std::vector<core::TensorId> inputs, const Attributes &attributes = {})
    {
        core::Graph &graph = m_model->graph;
        core::Node made;
        made.name = graph.names.intern(name);
        made.opType = graph.names.intern(op);
        made.domain = graph.names.intern("");
        made.opset = m_opset;
        made.inputs = std::move(inputs);
        for (const auto &[key, value] : attributes)
            made.attributes.push_back({graph.names.intern(key), value});
        const core::TensorId out = graph.addTensor(name + "_y");
        made.outputs = {out};
        graph.addNode(std::move(made));
        return out;
    }
    void output(core::TensorId id)
    {
        m_model->graph.tensor(id).isGraphOutput = true;
        m_model->graph.outputs.push_back(id);
    }
    std::shared_ptr<const core::Model> finish() const
    {
        auto findings = core::inferShapes(m_model->graph);
        EXPECT_TRUE(findings);
        for (const auto &finding : *findings)
            ADD_FAILURE() << finding.rule;
        return m_model;
    }
    std::shared_ptr<const core::Model> finish(core::TensorId id)
    {
        output(id);
        return finish();
    }

private:
    std::shared_ptr<core::Model> m_model;
    int m_opset, m_made = 0;
    std::mt19937 m_random{1};
};

inline std::shared_ptr<const runtime::Plan> planOf(const std::shared_ptr<const core::Model> &model, bool optimize, bool fast,
                                                   const std::vector<std::string> &keep = {})
{
    runtime::PlanOptions options;
    options.optimize = optimize;
    options.fastKernels = fast;
    options.keepTensors = keep;
    auto plan = runtime::Plan::build(model, options);
    EXPECT_TRUE(plan) << plan.error().text();
    return plan ? *plan : nullptr;
}

inline std::vector<std::string> labelsOf(const runtime::Plan &plan)
{
    std::vector<std::string> result;
    for (const core::LayerInfo &layer : plan.layers())
        result.push_back(layer.op);
    return result;
}

inline std::vector<core::HostTensor> outputsOf(const std::shared_ptr<const runtime::Plan> &plan, const std::vector<core::HostTensor> &inputs)
{
    std::vector<core::HostTensor> result;
    auto session = runtime::Session::create(plan, 1);
    EXPECT_TRUE(session);
    const auto ran = (*session)->run(inputs);
    EXPECT_TRUE(ran) << ran.error().text();
    for (std::size_t i = 0; ran && i < plan->outputs().size(); ++i) {
        auto output = (*session)->output(i);
        EXPECT_TRUE(output);
        result.push_back(std::move(*output));
    }
    return result;
}

inline std::vector<core::HostTensor> randomInputs(const runtime::Plan &plan, unsigned seed)
{
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> spread(-2, 2);
    std::vector<core::HostTensor> result;
    for (const runtime::PortInfo &port : plan.inputs()) {
        auto tensor = core::HostTensor::create(port.dtype, port.dims);
        EXPECT_TRUE(tensor);
        if (port.dtype == core::DType::Float32) {
            for (float &value : tensor->as<float>())
                value = spread(random);
        } else {
            for (std::byte &byte : tensor->bytes())
                byte = std::byte(random() & 1);
        }
        result.push_back(std::move(*tensor));
    }
    return result;
}

/// Every node of the model stands in the name map of the plan exactly once; nodes of a branch that was settled while planning may stand there too.
inline void expectCompleteNameMap(const core::Model &model, const runtime::Plan &plan)
{
    std::multiset<std::string> mapped;
    for (const core::LayerInfo &layer : plan.layers())
        mapped.insert(layer.sourceNodes.begin(), layer.sourceNodes.end());
    mapped.insert(plan.foldedNodes().begin(), plan.foldedNodes().end());
    mapped.insert(plan.removedNodes().begin(), plan.removedNodes().end());
    EXPECT_GE(mapped.size(), model.graph.nodes.size());
    for (std::size_t n = 0; n < model.graph.nodes.size(); ++n) {
        const std::string name(model.graph.nameOf(core::NodeId(n)));
        EXPECT_EQ(mapped.count(name), 1U) << name;
    }
}

/// Runs the model with and without passes, on both kinds of kernels, and expects the same types, shapes and values (`tolerance` of the largest
/// one). Gives the labels of the optimized steps on reference kernels.
inline std::vector<std::string> optimizedLabels(const std::shared_ptr<const core::Model> &model, double tolerance = 1e-5,
                                                const std::vector<std::string> &keep = {})
{
    const auto written = planOf(model, false, false), optimized = planOf(model, true, false, keep), fast = planOf(model, true, true, keep);
    if (!written || !optimized || !fast)
        return {};
    expectCompleteNameMap(*model, *optimized);
    for (const unsigned seed : {1U, 2U}) {
        const auto inputs = randomInputs(*written, seed);
        const auto expected = outputsOf(written, inputs);
        for (const auto &plan : {optimized, fast}) {
            const auto actual = outputsOf(plan, inputs);
            EXPECT_EQ(actual.size(), expected.size());
            for (std::size_t o = 0; o < std::min(actual.size(), expected.size()); ++o) {
                EXPECT_EQ(actual[o].dtype(), expected[o].dtype());
                EXPECT_EQ(actual[o].dims(), expected[o].dims());
                if (actual[o].dims() != expected[o].dims() || actual[o].dtype() != expected[o].dtype())
                    continue;
                if (expected[o].dtype() != core::DType::Float32) {
                    EXPECT_EQ(std::memcmp(actual[o].bytes().data(), expected[o].bytes().data(), expected[o].bytes().size()), 0);
                    continue;
                }
                double largest = 0;
                for (const float value : expected[o].as<float>())
                    largest = std::max(largest, std::abs(static_cast<double>(value)));
                for (std::size_t i = 0; i < expected[o].elementCount(); ++i)
                    EXPECT_NEAR(actual[o].as<float>()[i], expected[o].as<float>()[i], tolerance * largest) << "output " << o << ", value " << i;
            }
        }
    }
    return labelsOf(*optimized);
}

} // namespace nordlys::test
