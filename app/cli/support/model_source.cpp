// SPDX-License-Identifier: Apache-2.0
#include "model_source.h"

#include "number_checks.h"

#include <core/quantization/encoding_file.h>
#include <runtime/base/thread_pool.h>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <limits>

namespace nordlys::cli {

void addModelArguments(CLI::App &command, ModelArguments &arguments)
{
    command.add_option("MODEL", arguments.path, "ONNX model or Nordlys project (*.nordlys)")->required();
    command.add_option("--dim", arguments.dims, "NAME=N: size of a free dimension; repeatable. What nothing binds is 1")
        ->type_name("NAME=N")
        ->expected(1)
        ->take_all();
}

static core::Expected<std::map<std::string, std::int64_t>> parseDims(const std::vector<std::string> &texts)
{
    std::map<std::string, std::int64_t> dims;
    for (const std::string &text : texts) {
        const auto equals = text.rfind('=');
        std::int64_t value = -1;
        const char *end = text.data() + text.size();
        if (equals == std::string::npos || equals == 0 || std::from_chars(text.data() + equals + 1, end, value).ptr != end ||
            value < 0)
            return core::usageError("--dim " + text, "not of the form NAME=N with N of at least 0", "Example: --dim batch=1.");
        dims[text.substr(0, equals)] = value;
    }
    return dims;
}

core::Expected<ModelSource> openSource(const ModelArguments &arguments, const Context &context, FreeDims freeDims,
                                       std::map<std::string, core::Dims> inputShapes)
{
    ModelSource source;
    std::filesystem::path path = arguments.path;
    core::OpenOptions options;
    options.bindings.fallback = freeDims == FreeDims::BecomeOne ? 1 : -1;
    options.bindings.inputShapes = std::move(inputShapes);
    if (path.extension() == ".nordlys") {
        auto opened = core::openProject(path);
        if (!opened)
            return std::move(opened.error());
        source.warnings = std::move(opened->warnings);
        path = opened->project.model.path;
        options.bindings.named = opened->project.dims;
        source.project = std::move(opened->project);
    }
    auto dims = parseDims(arguments.dims);
    if (!dims)
        return std::move(dims.error());
    for (const auto &[name, value] : *dims)
        options.bindings.named[name] = value;
    auto model = core::openModel(path, options, context.job());
    if (!model)
        return std::move(model.error());
    source.model = std::move(*model);
    return source;
}

void addPrecisionArguments(CLI::App &command, PrecisionArguments &arguments)
{
    command
        .add_option("--precision", arguments.precision,
                    "float32, quantsim (quantize-dequantize at every encoded tensor) or integer (true integer arithmetic, in plain code); "
                    "default: quantsim with --encodings, else float32")
        ->type_name("P");
    command.add_option("--encodings", arguments.encodings, "Encodings file of quantsim or integer; default: those of the project")
        ->type_name("FILE");
}

/// A QDQ or QLinear file says itself where integers stand.
static bool holdsIntegers(const core::Graph &graph)
{
    return std::ranges::any_of(graph.nodes, [&graph](const core::Node &node) {
        const std::string_view op = graph.names.text(node.opType);
        return op == "QuantizeLinear" || op == "DequantizeLinear" || op == "DynamicQuantizeLinear" || op == "ConvInteger" || op == "MatMulInteger" ||
               op == "QGemm" || op.starts_with("QLinear");
    });
}

core::Expected<core::EncodingSet> openEncodings(const std::string &path, const core::Graph &graph)
{
    auto file = core::readEncodings(path, &graph);
    NORDLYS_TRY(file);
    if (!file->unread.empty()) {
        const core::EncodingRepair &first = file->unread.front();
        const core::Error warning = core::badInput(path, std::to_string(file->unread.size()) + " entries cannot be read and are left out, the first is '" +
                                                             first.tensor.substr(0, 300) + "' (" + first.what + ")");
        fmt::print(stderr, "warning: {}\n", warning.text());
    }
    return std::move(file->set);
}

core::Expected<ChosenPrecision> choosePrecision(const PrecisionArguments &arguments, const ModelSource &source)
{
    ChosenPrecision chosen;
    if (!arguments.precision.empty()) {
        const auto precision = runtime::precisionFromName(arguments.precision);
        if (!precision)
            return core::usageError("--precision " + arguments.precision, "no such precision", "Use float32, quantsim or integer.");
        chosen.precision = *precision;
    } else if (!arguments.encodings.empty()) {
        chosen.precision = runtime::Precision::QuantSim;
    }
    if (!arguments.encodings.empty()) {
        if (chosen.precision == runtime::Precision::Float32)
            return core::usageError("--encodings", "float32 uses no encodings",
                                    "Leave --encodings out, or use --precision quantsim or integer.");
        auto set = openEncodings(arguments.encodings, source.model->graph);
        NORDLYS_TRY(set);
        chosen.encodings = *std::move(set);
    } else if (chosen.precision == runtime::Precision::QuantSim) {
        if (source.project)
            chosen.encodings = source.project->edits.encodings;
        if (chosen.encodings.empty())
            return core::usageError("--precision quantsim", "there are no encodings",
                                    "Give --encodings FILE; 'nordlys calibrate' makes one.");
    } else if (chosen.precision == runtime::Precision::Integer) {
        if (source.project)
            chosen.encodings = source.project->edits.encodings;
        if (chosen.encodings.empty() && !holdsIntegers(source.model->graph))
            return core::usageError("--precision integer", "the model computes in float and there are no encodings",
                                    "Give --encodings FILE; 'nordlys calibrate' makes one.");
    }
    return chosen;
}

void addThreads(CLI::App &command, int &threads)
{
    command.add_option("--threads", threads, "Threads; 0: as many as there are physical cores")
        ->check(CLI::Range(0, 256))
        ->type_name("N");
}

void addKernels(CLI::App &command, std::string &kernels, const std::string &help)
{
    command.add_option("--kernels", kernels, help)->check(CLI::IsMember({"fast", "reference"}))->type_name("NAME");
}

int chosenThreads(int threads) { return threads > 0 ? threads : runtime::physicalCoreCount(); }

void addSampleArguments(CLI::App &command, SampleArguments &arguments)
{
    command
        .add_option("--inputs", arguments.inputs,
                    "Folder of images, .npy, .pb or .raw files; one such file; an input_list.txt; or random:SEED:N. NAME=SPEC, once for each, "
                    "feeds several inputs")
        ->type_name("SPEC")
        ->expected(1)
        ->take_all();
    command.add_option("--limit", arguments.limit, "Use only the first N samples; 0: all")
        ->check(wholeNumber(0, std::numeric_limits<std::int64_t>::max()))
        ->type_name("N");
    command
        .add_option("--preprocess", arguments.preprocess,
                    "Steps for images, e.g. crop:0.875,resize:224x224,color:rgb,mean:127.5,std:127.5,layout:nchw")
        ->type_name("STEPS");
}

core::Expected<core::SampleSet> openSamples(const SampleArguments &arguments, const ModelSource &source)
{
    std::vector<std::string> specs = arguments.inputs;
    std::string steps = arguments.preprocess;
    if (source.project) {
        if (specs.empty() && !source.project->inputsSpec.empty())
            specs = {source.project->inputsSpec};
        steps = steps.empty() ? source.project->preprocess : steps;
    }
    if (specs.empty())
        return core::usageError("--inputs", "no samples are named", "Give --inputs FOLDER, an input list, or random:SEED:N.");
    core::SampleOptions options;
    options.limit = arguments.limit;
    if (!steps.empty()) {
        auto recipe = core::PreprocessRecipe::parse(steps);
        if (!recipe)
            return std::move(recipe.error());
        options.recipe = std::move(*recipe);
    }
    return core::SampleSet::openSets(specs, source.model->graph, options);
}

Json shapeJson(const core::Graph &graph, const std::optional<core::Shape> &shape)
{
    if (!shape)
        return nullptr;
    Json dims = Json::array();
    for (const core::Dim &dim : *shape) {
        if (dim.isKnown())
            dims.push_back(dim.value);
        else
            dims.push_back(dim.symbol.isValid() ? std::string(graph.names.text(dim.symbol)) : "?");
    }
    return dims;
}

Json dimsJson(const core::Dims &dims)
{
    Json out = Json::array();
    for (const std::int64_t dim : dims)
        out.push_back(dim);
    return out;
}

Json tensorJson(const core::Graph &graph, core::TensorId tensor)
{
    const core::Tensor &value = graph.tensor(tensor);
    return {{"name", graph.nameOf(tensor)}, {"dtype", core::nameOf(value.dtype)}, {"shape", shapeJson(graph, value.shape)}};
}

} // namespace nordlys::cli
